"""What was said with a brand, as a sketch of fixed size: which runs of units were heard once or more often.

Two generations of two rows of bits each. A new generation begins when the running one has lasted its time or
is as full as it may be, and the older one is forgotten: a loud brand is remembered for days, a quiet one for
weeks. Collisions make a new word look known, never a known one new.
"""

from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.detector import Arrays, UnreadableStateError
from analysis.ngrams import Numbers
from wanglou.domain.volume import BUCKET

VERSION = 1

CELLS: Final = 1 << 17
"""Bits a row: with two rows and two generations 64 kB a brand."""

LASTS = timedelta(days=28)
FULL = 0.4
"""A generation ends after so long, or when so large a part of its first row is set."""

ONCE, TWICE = 0, 1
_BYTE = 8


def start() -> Arrays:
    """Nothing heard yet."""
    return {
        "version": np.array(VERSION),
        "heard": np.zeros((2, 2, CELLS // _BYTE), np.uint8),
        "begun": np.array(-1),
        "first": np.array(-1),
        "voices": np.array(0),
    }


def checked(state: Arrays) -> Arrays:
    """The state, if it is one of this version. Raises UnreadableStateError."""
    blank = start()
    if blank.keys() - state.keys() or int(state["version"]) != VERSION:
        raise UnreadableStateError("a sketch of words is of another version; rebuild it from the mentions")
    if state["heard"].shape != blank["heard"].shape:
        raise UnreadableStateError("a sketch of words has another size; rebuild it from the mentions")
    return state


def first_heard(state: Arrays, epoch: datetime) -> datetime | None:
    """When the brand was first spoken of, as far as is known."""
    first = int(state["first"])
    return None if first < 0 else epoch + first * BUCKET


def learn(state: Arrays, hashes: Numbers, voices: NDArray[np.int64], buckets: NDArray[np.int64]) -> Arrays:
    """The state after these were heard. ``hashes``: runs; ``voices``: who said each, in order of time.

    ``buckets``: for each voice the 5-minute bucket (since 1970) in which it spoke. One voice counts once.
    """
    if not buckets.size:
        return state
    known = _turned(state, int(buckets[0]))
    heard = known["heard"].copy()
    cells, who = _first_of_each_voice(_cells(hashes), voices)
    earliest = np.full(CELLS, np.iinfo(np.int64).max)
    np.minimum.at(earliest, cells, who)
    again = _are_set(heard[0, ONCE], cells) | (who > earliest[cells])
    _set(heard[0, TWICE], cells[again])
    _set(heard[0, ONCE], cells)
    first = int(known["first"])
    return {
        **known,
        "heard": heard,
        "first": np.array(int(buckets[0]) if first < 0 else min(first, int(buckets[0]))),
        "voices": known["voices"] + buckets.size,
    }


def knows(state: Arrays, hashes: Numbers) -> NDArray[np.bool_]:
    """Which of these were heard from two voices, or from one in each generation."""
    cells, heard = _cells(hashes), state["heard"]
    once, before = (_are_set(heard[age, ONCE], cells) for age in (0, 1))
    twice = _are_set(heard[0, TWICE], cells) | _are_set(heard[1, TWICE], cells)
    return twice | (once & before)


def _turned(state: Arrays, bucket: int) -> Arrays:
    """With a new generation, if the running one is over."""
    begun = int(state["begun"])
    if begun < 0:
        return {**state, "begun": np.array(bucket)}
    heard = state["heard"]
    full = int(np.bitwise_count(heard[0, ONCE]).sum()) >= FULL * CELLS
    if not full and bucket - begun < LASTS // BUCKET:
        return state
    return {**state, "heard": np.stack([np.zeros_like(heard[0]), heard[0]]), "begun": np.array(bucket)}


def _first_of_each_voice(
    cells: NDArray[np.int64], voices: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    pairs = np.unique(voices * CELLS + cells)
    return pairs % CELLS, pairs // CELLS


def _cells(hashes: Numbers) -> NDArray[np.int64]:
    return (hashes & np.uint32(CELLS - 1)).astype(np.int64)


def _are_set(row: NDArray[np.uint8], cells: NDArray[np.int64]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (row[cells // _BYTE] >> (cells % _BYTE).astype(np.uint8)) & 1 == 1
    return found


def _set(row: NDArray[np.uint8], cells: NDArray[np.int64]) -> None:
    np.bitwise_or.at(row, cells // _BYTE, (1 << (cells % _BYTE)).astype(np.uint8))
