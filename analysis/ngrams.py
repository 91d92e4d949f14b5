"""Character n-grams as numbers, over whole arrays; the same on every machine and in every version of Python.

Weights and stored fingerprints depend on these functions: changing one makes both void.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint32]

END = 10
"""The code point (a line feed) that stands before, between and after texts; cleaned text never holds it."""

_FIRST = np.uint32(0x9E3779B1)  # odd multipliers of xxHash32; any odd numbers with mixed bits would do
_SECOND = np.uint32(0x85EBCA77)
_THIRD = np.uint32(0xC2B2AE3D)


def code_points(texts: Sequence[str]) -> Numbers:
    """All texts as one row of code points: END, first text, END, second text, … END."""
    joined = "\n".join(["", *texts, ""])
    return np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32)


def grams(points: Numbers, size: int) -> Numbers:
    """The hash of the ``size`` code points that start at each place; the last places run into END."""
    padded = np.concatenate([points, np.full(size - 1, END, dtype=np.uint32)])
    hashed = np.full(len(points), size, dtype=np.uint32)
    for shift in range(size):
        hashed = (hashed ^ padded[shift : shift + len(points)]) * _FIRST
        hashed ^= hashed >> np.uint32(15)
    return mix(hashed)


def grams_up_to(points: Numbers, most: int) -> Numbers:
    """``grams`` of the sizes 1 to ``most`` in one go, a row each."""
    padded = np.concatenate([points, np.full(most - 1, END, dtype=np.uint32)])
    hashed = np.empty((most, len(points)), dtype=np.uint32)
    hashed[:] = np.arange(1, most + 1, dtype=np.uint32)[:, None]
    for shift in range(most):
        longer = hashed[shift:]
        longer ^= padded[shift : shift + len(points)]
        longer *= _FIRST
        longer ^= longer >> np.uint32(15)
    return mix(hashed)


def mix(numbers: Numbers) -> Numbers:
    """Spread every bit over all bits (the finish of xxHash32)."""
    mixed = numbers ^ (numbers >> np.uint32(15))
    mixed = mixed * _SECOND
    mixed ^= mixed >> np.uint32(13)
    mixed *= _THIRD
    mixed ^= mixed >> np.uint32(16)
    return mixed
