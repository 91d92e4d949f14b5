"""A detector's state follows its series by name, whatever comes and goes between two looks."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.detector import Arrays, Buckets, UnreadableStateError
from analysis.extremes import BUCKETS_A_DAY, Memory

KEEP_ABSENT = 14 * BUCKETS_A_DAY
"""A series nobody names any more is forgotten after two weeks; ``named`` is its last bucket."""


def begin(version: int) -> Memory:
    """The state before the first bucket: no series, nothing seen."""
    return {
        "version": np.array(version),
        "next": np.array(-1),
        "series": np.array([], dtype="U1"),
        "named": np.array([], dtype=np.int64),
    }


def follow(
    state: Arrays, buckets: Buckets, blank: Memory, step: int, replaced: Collection[str] = ()
) -> tuple[Memory, NDArray[np.intp]]:
    """Copy ``state`` so that it holds every series of ``buckets``; return it and the column of each.

    ``blank`` has one column per series, for those that are new. Series that are not named keep their
    columns for ``KEEP_ABSENT`` buckets; ``step`` is the bucket looked at. Raises UnreadableStateError if
    an array is missing. Arrays ``replaced`` are handed on uncopied: the detector puts a new one in their
    place and never changes one.
    """
    held = state["series"]
    if held.size and (lacking := sorted(blank.keys() - state.keys())):
        raise UnreadableStateError(f"a detector's state lacks {lacking[0]!r}; rebuild it from the counts")
    if held.size and np.array_equal(held, buckets.names):
        kept_as_is = {"series", *replaced}
        copied = {key: array if key in kept_as_is else array.copy() for key, array in state.items()}
        return copied, np.arange(held.size)
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
    for key, fresh in blank.items():
        old = state[key][..., alive] if kept else fresh[..., :0]
        memory[key] = np.concatenate([old, fresh[..., new]], axis=-1)
    return memory, columns


def _alive(kept: Sequence[str], named: NDArray[np.int64], wanted: frozenset[str], step: int) -> list[int]:
    return [i for i, name in enumerate(kept) if name in wanted or step - named[i] <= KEEP_ABSENT]
