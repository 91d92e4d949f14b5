"""Words that several people begin to use of a brand at about the same time, and that were never said with it.

A word is a run of units with a life of its own: different things stand before and behind it, it begins and
ends with no particle, and it is no ordinary word. See docs/noticing.md for where the constants come from.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analysis.ngrams import Numbers
from analysis.spoken_runs import LONGEST, SHORTEST, SURE, Rows

TOGETHER = timedelta(hours=12)
"""The time within which people must use it."""

LEAST_VOICES = 5
PART_OF_TALK = 0.05
"""How many people at least, and what part of all who speak of the brand in that time, if that is more."""

MOSTLY = 0.6
"""The share of them who speak ill of the brand, or of trouble by the agency's crisis words."""

SPOKEN_BEFORE = 2
"""A word that so many used before that time is no new one."""

SAME_NEIGHBOUR = 0.67
"""Where more of them have the same unit before it, or behind it, it is a piece of something longer."""

STEP = 0.4
"""A word that goes on spreading is named again each time its strength passes a multiple of this."""

ASKED_AGAIN = 1.25
"""A piece of something longer is looked at again when so many times the people use it: a flood has many."""

EIGHTFOLD = math.log(8.0)
"""Eight times the people that are enough are grave: strength 1."""

_DIGITS = 9
"""Of a strength: enough is enough, not a hair less."""

_PARTICLES = (
    "的了是在我你您他她它们这那有和与及或也都就还又很太不没吗呢吧啊呀哦嘛"
    "被把给让从到对向为因所但而且并个着过得地之其"
)
_NEVER_INSIDE = "的了是我你您他她它们这那吗呢吧啊呀"
_BREAK = ""

Knows = Callable[[Numbers], NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Heard:
    """One voice: when, its units, who, of which group of copies, and whether it speaks of trouble.

    ``text``: as it was written.
    """

    at: datetime
    line: str
    author: str
    group: str
    troubled: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class Birth:
    """A word at the moment when enough had used it. ``voices`` are those who had, oldest first."""

    word: str
    at: datetime
    voices: tuple[Heard, ...]
    strength: float

    @property
    def since(self) -> datetime:
        """When the first of them used it."""
        return self.voices[0].at

    @property
    def troubled(self) -> int:
        """How many of them speak of trouble."""
        return sum(voice.troubled for voice in self.voices)


@dataclass(frozen=True, slots=True)
class Births:
    """Finds them in what was ``heard``, ordered by time. ``planned``: times the usual talk at a moment.

    ``knows`` says of hashes of short runs whether they were said before; ``asks`` of a word how many times
    the people otherwise enough must use it.
    """

    heard: Sequence[Heard]
    knows: Knows
    asks: Callable[[str], float]
    planned: Callable[[datetime], float]

    def found(self, arrived: Sequence[bool]) -> list[Birth]:
        """Those that what just ``arrived`` (a flag a voice) gave birth to, or spread, by time; best first."""
        asked = [a and h.troubled for a, h in zip(arrived, self.heard, strict=True)]
        if not any(asked):
            return []
        times = [h.at for h in self.heard]
        begin = bisect_right(times, times[asked.index(True)] - 2 * TOGETHER)
        late = replace(self, heard=self.heard[begin:])
        births = late.of_late(np.array(asked[begin:], np.bool_), times[begin:], self.heard[:begin])
        return sorted(births, key=lambda b: (b.at, -b.strength, -len(b.word), b.word))

    def of_late(
        self, asked: NDArray[np.bool_], times: Sequence[datetime], before: Sequence[Heard]
    ) -> Iterator[Birth]:
        """Those in what was heard; what was heard ``before`` is only asked for words that seem to be born."""
        # One sentence passed on is hundreds of runs in the same voices: who they are is gone through once.
        spread = cache(lambda voices: self._spread(voices, asked, times, ()))
        for run in self._runs(asked):
            known = spread(run.voices)
            if known.is_asked_for and any(self._grown(run, known)):
                users = [h for h in before if run.word in h.line]
                yield from self._grown(run, self._spread(run.voices, asked, times, users))

    def _runs(self, asked: NDArray[np.bool_]) -> Iterator["_Run"]:
        """Unknown runs that enough voices hold, one that asks among them."""
        rows = Rows([h.line for h in self.heard])
        bounds = _bounds(rows)
        unknown = np.zeros(len(rows.points) + 1, np.int64)
        at = rows.starts(SURE)
        unknown[at + 1] = ~self.knows(rows.hashes(SURE)[at])
        unknown = np.cumsum(unknown)
        for size in range(SHORTEST, LONGEST + 1):
            starts = rows.starts(size)
            starts = starts[bounds.allows(starts, size)]
            hashes = rows.hashes(size)
            new = (
                ~self.knows(hashes[starts])
                if size < SURE
                else unknown[starts + size - SURE + 1] > unknown[starts]
            )
            starts = starts[new]
            yield from _shared(rows, starts, hashes[starts], size, asked)

    def _spread(
        self,
        voices: Sequence[int],
        asked: NDArray[np.bool_],
        times: Sequence[datetime],
        before: Sequence[Heard],
    ) -> "_Spread":
        """The moments at which these voices, and those heard ``before``, are enough for some word."""
        people: set[str] = set()
        old = len(_own(before, people))
        uses = [voices[n] for n in _own([self.heard[voice] for voice in voices], people)]
        first = next((n for n, use in enumerate(uses) if asked[use]), len(uses))
        begin, troubled, moments = 0, 0, list[_Moment]()
        for last, use in enumerate(uses):
            troubled += self.heard[use].troubled
            while times[uses[begin]] <= times[use] - TOGETHER:
                troubled -= self.heard[uses[begin]].troubled
                begin += 1
            people_now = last + 1 - begin
            if not self.heard[use].troubled or people_now < LEAST_VOICES or old + begin >= SPOKEN_BEFORE:
                continue
            strength = self._strength(times, times[use], people_now, troubled)
            if round(strength, _DIGITS) >= 0.0:
                moments.append(_Moment(begin, last + 1, strength, asked=last >= first))
        return _Spread(tuple(uses), tuple(moments))

    def _grown(self, run: "_Run", spread: "_Spread") -> Iterator[Birth]:
        """The moments at which it was born and had spread by a step, as far as they are asked for."""
        asks, reached, wait = self.asks(run.word), -1.0, LEAST_VOICES
        for moment in spread.moments:
            people_now = moment.end - moment.begin
            if people_now < wait:
                continue
            strength = round(moment.strength - math.log(asks) / EIGHTFOLD, _DIGITS)
            if strength < 0.0 or strength // STEP <= reached:
                continue
            uses = spread.uses[moment.begin : moment.end]
            if not run.stands_alone(uses):
                wait = max(people_now + 1, math.ceil(people_now * ASKED_AGAIN))
                continue
            reached = strength // STEP
            if moment.asked:
                voices = tuple(self.heard[use] for use in uses)
                yield Birth(run.word, voices[-1].at, voices, strength)

    def _strength(self, times: Sequence[datetime], at: datetime, people: int, troubled: int) -> float:
        """How many times enough ``people`` are, on the scale of strength; -inf where they are too few."""
        everyone = bisect_right(times, at) - bisect_right(times, at - TOGETHER)
        enough = max(LEAST_VOICES, PART_OF_TALK * everyone) * self.planned(at)
        if people < enough or troubled < MOSTLY * people:
            return -math.inf
        return math.log(people / enough) / EIGHTFOLD


def _own(heard: Sequence[Heard], seen: set[str]) -> list[int]:
    """The places of those who speak for the first time, each person and each group of copies once."""
    places = []
    for place, one in enumerate(heard):
        names = {one.author, one.group}
        if not names & seen:
            places.append(place)
        seen |= names
    return places


@dataclass(frozen=True, slots=True)
class _Moment:
    """A use at which enough people, those from ``begin`` to before ``end``, had used a word of any kind."""

    begin: int
    end: int
    strength: float
    asked: bool


@dataclass(frozen=True, slots=True)
class _Spread:
    """Who of the same voices count, by time, and their moments: alike for all words that they use."""

    uses: tuple[int, ...]
    moments: tuple[_Moment, ...]

    @property
    def is_asked_for(self) -> bool:
        """Whether any of them is asked for; most are not."""
        return any(moment.asked for moment in self.moments)


@dataclass(frozen=True)
class _Run:
    """A run of ``size`` units: where it stands in ``rows``, ordered, and the voices that hold it, by time."""

    rows: Rows
    starts: NDArray[np.int64]
    owners: tuple[int, ...]
    size: int

    @cached_property
    def word(self) -> str:
        """As people would read it."""
        return self.rows.run(int(self.starts[0]), self.size)

    @cached_property
    def voices(self) -> tuple[int, ...]:
        """Each once."""
        return tuple(dict.fromkeys(self.owners))

    @cached_property
    def _beside(self) -> Mapping[int, tuple[str, str]]:
        """For each voice what stands before and behind it, at its first place there."""
        beside: dict[int, tuple[str, str]] = {}
        for owner, start in zip(self.owners, self.starts.tolist(), strict=True):
            if owner not in beside:
                beside[owner] = _unit_at(self.rows, start - 1), _unit_at(self.rows, start + self.size)
        return beside

    def stands_alone(self, voices: Iterable[int]) -> bool:
        """Whether it is no piece of something longer, by the first place in each voice."""
        beside = [self._beside[voice] for voice in voices]
        return all(_varied([units[side] for units in beside]) for side in (0, 1))


def _varied(units: Sequence[str]) -> bool:
    """A break is every time another neighbour."""
    counts = Counter(unit for unit in units if unit != _BREAK)
    return max(counts.values(), default=0) <= SAME_NEIGHBOUR * len(units)


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Where particles stand: ``edge`` flags places, ``inside`` counts up to each place."""

    edge: NDArray[np.bool_]
    inside: NDArray[np.int64]

    def allows(self, starts: NDArray[np.int64], size: int) -> NDArray[np.bool_]:
        """Whether a run of ``size`` may be a word."""
        edges = self.edge[starts] | self.edge[starts + size - 1]
        allowed: NDArray[np.bool_] = ~edges & (self.inside[starts + size] == self.inside[starts])
        return allowed


_LAST = 0xFFFF
"""No particle stands so far behind."""


def _flags(characters: str) -> NDArray[np.bool_]:
    flags = np.zeros(_LAST + 1, np.bool_)
    flags[[ord(c) for c in characters]] = True
    return flags


_ON_EDGE, _INSIDE = _flags(_PARTICLES), _flags(_NEVER_INSIDE)


def _bounds(rows: Rows) -> _Bounds:
    points = np.minimum(rows.points, _LAST)
    edge, inside = _ON_EDGE[points], _INSIDE[points]
    return _Bounds(edge, np.concatenate([[0], np.cumsum(inside)]))


def _shared(
    rows: Rows, starts: NDArray[np.int64], hashes: Numbers, size: int, asked: NDArray[np.bool_]
) -> Iterator[_Run]:
    """Runs at ``starts`` that stand in as many lines as a birth needs, and in one that asks."""
    owners = rows.owners[starts]
    wanted = np.isin(hashes, np.unique(hashes[asked[owners]]))
    starts, hashes, owners = starts[wanted], hashes[wanted], owners[wanted]
    order = np.lexsort((starts, hashes))
    starts, hashes, owners = starts[order], hashes[order], owners[order]
    last = np.append(hashes[1:] != hashes[:-1], [True])[: hashes.size]
    for begin, end in pairwise([0, *(np.flatnonzero(last) + 1).tolist()]):
        if end - begin >= LEAST_VOICES:
            yield _Run(rows, starts[begin:end], tuple(owners[begin:end].tolist()), size)


def _unit_at(rows: Rows, place: int) -> str:
    unit = chr(rows.points[place])
    return _BREAK if unit == "\n" else unit
