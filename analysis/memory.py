"""A detector's state follows its series by name, whatever comes and goes between two looks."""

from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.detector import Arrays, Buckets, UnreadableStateError
from analysis.extremes import BUCKETS_A_DAY, Memory

KEEP_ABSENT = 14 * BUCKETS_A_DAY
"""A series nobody names any more is forgotten after two weeks; ``named`` is its last bucket."""


Columns = NDArray[np.intp] | slice
"""The column of each series of a look; a slice where they are all, in order."""


def begin(version: int) -> Memory:
    """The state before the first bucket: no series, nothing seen."""
    return {
        "version": np.array(version),
        "next": np.array(-1),
        "series": np.array([], dtype="U1"),
        "named": np.array([], dtype=np.int64),
    }


def follow(
    state: Arrays,
    buckets: Buckets,
    blank: Callable[[int], Memory],
    step: int,
    replaced: Collection[str] | None = None,
) -> tuple[Memory, Columns]:
    """Copy ``state`` so that it holds every series of ``buckets``; return it and the column of each.

    ``blank`` makes the memory of so many series, for those that are new. Series that are not named keep their
    columns for ``KEEP_ABSENT`` buckets; ``step`` is the bucket looked at. Raises UnreadableStateError if
    an array is missing. Arrays ``replaced`` are handed on uncopied, all where it is None: the detector puts a
    new one in their place and never changes one.
    """
    held = state["series"]
    if held.size and (lacking := sorted(blank(0).keys() - state.keys())):
        raise UnreadableStateError(f"a detector's state lacks {lacking[0]!r}; rebuild it from the counts")
    if held.size and _same(held, buckets.names):
        kept_as_is = state.keys() if replaced is None else {"series", *replaced}
        copied = {key: array if key in kept_as_is else array.copy() for key, array in state.items()}
        return copied, slice(None)
    names: list[str] = buckets.names.tolist()
    kept: list[str] = held.tolist()
    alive = _alive(kept, state["named"], frozenset(names), step)
    place = {kept[i]: j for j, i in enumerate(alive)}
    new = [i for i, name in enumerate(names) if name not in place]
    place |= {names[i]: len(alive) + j for j, i in enumerate(new)}
    memory = {key: state[key].copy() for key in ("version", "next")}
    memory["series"] = np.array(list(place), dtype=str) if place else held
    memory["named"] = np.concatenate([state["named"][alive], np.full(len(new), step)])
    columns = np.array([place[n] for n in names], dtype=np.intp)
    for key, fresh in blank(len(names)).items():
        old = state[key][..., alive] if kept else fresh[..., :0]
        memory[key] = np.concatenate([old, fresh[..., new]], axis=-1)
    return memory, columns


def _same(held: NDArray[np.str_], names: NDArray[np.str_]) -> bool:
    """Whether these are the same names in the same order, by their bytes: letters take five times as long."""
    if held.dtype != names.dtype or held.shape != names.shape:
        return False
    return np.array_equal(held.view(np.uint32), names.view(np.uint32))


def _alive(kept: Sequence[str], named: NDArray[np.int64], wanted: frozenset[str], step: int) -> list[int]:
    return [i for i, name in enumerate(kept) if name in wanted or step - named[i] <= KEEP_ABSENT]
