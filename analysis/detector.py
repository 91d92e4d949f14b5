"""The seam of noticing: what a detector must do, over many series at once."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from analysis.archives import NOT_ONE
from analysis.series_names import names_of
from wanglou.domain.signal import Signal
from wanglou.domain.volume import Series

ENOUGH_EXPOSURE = 0.5
"""With fewer than half of a class's sources alive, silence says nothing."""

Arrays = Mapping[str, NDArray[Any]]
"""A detector's state: named arrays without objects; ``series`` holds the series' names it belongs to."""


@dataclass(frozen=True)
class Buckets:
    """Counts of many series over consecutive 5-minute buckets.

    ``voices``, ``negatives``, ``reach``, ``exposure``: float64 of shape (series, steps), steps oldest
    first. NaN in the counts means not observed; ``exposure`` is the share (0…1) of the class's sources
    that could be seen. ``starts[i]`` is the start of step i. ``closed`` is the number of leading steps
    that are closed; the rest is provisional: detectors judge it but keep no memory of it. ``planned``: how
    many times the usual talk a campaign leads us to expect, same shape; None where nothing is planned.
    """

    series: Sequence[Series]
    starts: Sequence[datetime]
    voices: NDArray[np.float64]
    negatives: NDArray[np.float64]
    reach: NDArray[np.float64]
    exposure: NDArray[np.float64]
    closed: int
    planned: NDArray[np.float64] | None = None

    @cached_property
    def names(self) -> NDArray[np.str_]:
        """The series' names in a state: written once for all detectors that take this look."""
        return names_of(self.series)

    def from_step(self, step: int) -> "Buckets":
        """The same without the first ``step`` buckets."""
        planned = None if self.planned is None else self.planned[:, step:]
        later = replace(
            self,
            starts=self.starts[step:],
            voices=self.voices[:, step:],
            negatives=self.negatives[:, step:],
            reach=self.reach[:, step:],
            exposure=self.exposure[:, step:],
            closed=max(0, self.closed - step),
            planned=planned,
        )
        later.__dict__["names"] = self.names  # where cached_property looks: they are not written again
        return later


def zero_if_unknown(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """The counts with 0 for NaN."""
    return np.where(np.isnan(counts), 0.0, counts)


class Detector(Protocol):
    """Watches many series at once. State is versioned arrays, rebuilt from counts when lost."""

    @property
    def kind(self) -> str:
        """The name of its module, which is the kind of its signals."""
        ...

    def start(self) -> Arrays:
        """The state before the first bucket."""
        ...

    def advance(self, state: Arrays, buckets: Buckets, now: datetime) -> tuple[Arrays, list[Signal]]:
        """Take closed and open buckets of every series; return the state after the closed ones.

        Signals say what was seen as a code with numbers; severity is not decided here. Series may be
        added between calls; state follows them by name, and one that is left out counts as not observed.
        Buckets the state has already closed are passed over. A signal seen in an open bucket is reported
        again, with the same key, if the same look is taken again: storage keeps one. ``at`` of a signal lies
        in the bucket it was seen in. Ask ``untold`` for
        those that late arrivals moved to a neighbouring bucket.
        """
        ...


class DetectorFactory(Protocol):
    """A kind's ``PLUGIN``: builds the detector.

    Raises ValueError, naming the known ones, for a setting the kind does not have.
    """

    def __call__(self, settings: Mapping[str, float]) -> Detector:
        """Build the detector; an empty mapping means its own defaults."""
        ...


class UnreadableStateError(Exception):
    """A stored state is damaged or of another version: start anew and advance over the counts again."""


def dump(state: Arrays) -> bytes:
    """A state as an npz archive, for a checkpoint."""
    archive = io.BytesIO()
    arrays: dict[str, Any] = dict(state)
    np.savez_compressed(archive, **arrays)
    return archive.getvalue()


def load(archive: bytes) -> Arrays:
    """The state that ``dump`` wrote. No code is read from it, whatever it holds.

    Raises UnreadableStateError.
    """
    try:
        with np.load(io.BytesIO(archive), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except NOT_ONE as error:
        raise UnreadableStateError(f"a detector's checkpoint cannot be read: {error}; rebuild it") from error


SAME_EPISODE = timedelta(hours=6)
"""Late arrivals move a signal by a few buckets; a rewind over two days of late data by some hours."""

SAME_WORD = timedelta(hours=48)
"""A signal that names a word is old news for so long if the word was named."""

GRAVER = 0.4
"""How much strength makes a second signal news. Detectors speak again at half a unit more (rounded)."""


def untold(found: Sequence[Signal], told: Sequence[Signal]) -> list[Signal]:
    """Those of ``found`` that say something new beside ``told``, which are stored already.

    A signal is old news if one of the same kind and series lies within six hours, or within two days if
    both name the same word, and is about as strong.
    Of an episode found all at once, after a blind stretch, only the gravest moment is told.
    """
    new = [
        signal
        for signal in found
        if not any(_same_episode(old, signal) and _tells(old, signal) for old in told)
    ]
    return [
        s for s in new if not any(_same_episode(other, s) and other.strength > s.strength for other in new)
    ]


def _same_episode(one: Signal, other: Signal) -> bool:
    word = one.because.facts.get("word")
    names_it = word is not None and word == other.because.facts.get("word")
    apart = SAME_WORD if names_it else SAME_EPISODE
    return _series_of(one) == _series_of(other) and abs(one.at - other.at) <= apart


def _series_of(signal: Signal) -> tuple[str, Series]:
    return signal.kind, Series(signal.client, signal.brand, signal.source_class)


def _tells(old: Signal, new: Signal) -> bool:
    return new.strength < old.strength + GRAVER
