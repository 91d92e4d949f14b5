"""Learn: what detectors of mentions must know of a brand's past, kept as checkpoints beside the counts' own.

A brand's older mentions are learnt in spans of six hours of event time, so the same mentions give the same
state however often the worker was killed; the state is saved in the transaction that looks.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from analysis.detector import Arrays, UnreadableStateError, dump
from analysis.mention_detector import LearningDetector
from desk.pipeline.parts import WORKER, Brand, Unpacked
from desk.recounting import REWIND
from wanglou.domain.mention import Said
from wanglou.domain.signal import Signal
from wanglou.domain.span import Span
from wanglou.domain.volume import Series
from wanglou.ports import Checkpoint, UnitOfWork

log = logging.getLogger(__name__)

STEP = timedelta(hours=6)
A_STEP = 2_000
"""Mentions learnt of six hours, the newest of them: what a loud brand says in that time is said often."""

AT_ONCE = 1_000
"""From so many on the rest is left to the next look: it happens while mentions are written."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


Heard = Callable[[timedelta], Sequence[Said]]
"""What was said of the brand since so long before the first that arrived."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A detector's state of one brand, of all mentions from before ``through``."""

    name: str
    through: datetime
    state: Arrays
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Hearing:
    """What ``arrived`` (item keys), when we heard of it, and states as they were taken apart."""

    arrived: Collection[str]
    now: datetime
    unpacked: Unpacked


def looked(
    uow: UnitOfWork, detector: LearningDetector, brand: Brand, heard: Heard, hearing: Hearing
) -> list[Signal]:
    """What stands out where the brand's mentions arrived, each six hours judged by what was learnt before.

    So a backlog is judged in the order of event time, and says what it would have said. Mentions that come in
    later than counts are looked at again for are learnt and not judged.
    """
    near = heard(detector.near)
    news = [s for s in near if s.item_key in hearing.arrived]
    late = [s for s in news if s.at < hearing.now - REWIND]
    if not late and sum(s.voice for s in near) < detector.enough:
        return []
    at = min((s.at for s in news), default=hearing.now)
    known = _known(uow, detector, brand, at, hearing.unpacked)
    learnt = _with_late(detector, known, [s for s in late if s.at < known.through])
    found: list[Signal] = []
    for begin in sorted({_step_of(s.at) for s in news if s.at >= hearing.now - REWIND}):
        learnt = _caught_up(uow, detector, brand, learnt, begin - detector.lag)
        if learnt.through > begin + STEP - detector.memory:
            found += _judged(detector.knowing(learnt.state), heard, begin, hearing)
    if learnt.is_new:
        checkpoint = Checkpoint(learnt.name, learnt.through, dump(learnt.state))
        uow.detectors.save(checkpoint)
        hearing.unpacked.keep(checkpoint, learnt.state)
        uow.detectors.prune(learnt.through)
    return found


def _judged(known: LearningDetector, heard: Heard, begin: datetime, hearing: Hearing) -> list[Signal]:
    """What stands out in six hours; most looks are over after the nearest mentions."""
    for memory in (known.near, known.memory):
        then = [s for s in heard(memory) if s.at < begin + STEP]
        arrived = {s.item_key for s in then if begin <= s.at} & {*hearing.arrived}
        found = known.look(then, arrived, hearing.now)
        if not found:
            return []
    return found


def _known(
    uow: UnitOfWork, detector: LearningDetector, brand: Brand, at: datetime, unpacked: Unpacked
) -> Learnt:
    """As the newest checkpoint has it; without one, nothing of before the detector's reach."""
    name = "|".join((detector.kind, *brand))
    checkpoint = uow.detectors.latest(name)
    if checkpoint is not None:
        try:
            state = unpacked.state_of(checkpoint)
            detector.knowing(state)
            return Learnt(name, checkpoint.through, state)
        except UnreadableStateError:
            log.exception("what %s knew of a brand is learnt anew from its mentions", name)
    since = at - detector.lag - detector.reach
    return Learnt(name, _step_of(since), detector.start())


def _with_late(detector: LearningDetector, known: Learnt, late: Sequence[Said]) -> Learnt:
    """Their span was learnt without them."""
    return replace(known, state=detector.learn(known.state, late), is_new=True) if late else known


def _caught_up(
    uow: UnitOfWork, detector: LearningDetector, brand: Brand, known: Learnt, until: datetime
) -> Learnt:
    through, state, n = known.through, known.state, 0
    while through + STEP <= until and n < AT_ONCE:
        series = Series(*brand, detector.source_class)
        said = uow.mentions.said(WORKER, series, Span(through, through + STEP), A_STEP)
        state, through, n = detector.learn(state, said), through + STEP, n + len(said)
    return Learnt(known.name, through, state, is_new=known.is_new or through > known.through)


def _step_of(moment: datetime) -> datetime:
    return moment - (moment - _EPOCH) % STEP
