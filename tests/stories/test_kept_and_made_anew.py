"""What a worker keeps between two looks decides nothing: one that is killed before each knows the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from analysis.detector import load
from desk.correcting import Corrector
from desk.rehearsal.posts import Strand
from tests.stories.conftest import AFTERNOON
from tests.stories.posts import texts
from tests.stories.rows import Said, differing, said_in
from tests.stories.slot import Slot, second_worker, slot
from tests.units.brand_talk import said
from tests.world import World
from wanglou.domain.agency import Config
from wanglou.domain.correction import CorrectionKind
from wanglou.domain.incident import Via
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic
from wanglou.ports import Checkpoint
from wanglou.storage.authors import Author, erase
from wanglou.storage.engine import SqlStorage

Happening = Callable[[World], None]
BRAND = ("lock", "安屿")
NICKNAMED = [f"{text}，气死了" for text in said()]
COMPLAINTS = texts(Strand.COMPLAINT)
TALK = [*NICKNAMED, *COMPLAINTS[:20], *texts(Strand.ORDINARY)[:10], "汀岫茶饮喝出了头发，恶心"]


@pytest.fixture(scope="session")
def place(
    agency: Config, two_quiet_weeks: Callable[[object], Path], tmp_path_factory: pytest.TempPathFactory
) -> Slot:
    return slot(agency, two_quiet_weeks(AFTERNOON), tmp_path_factory.mktemp("kept") / "data", AFTERNOON)


@dataclass(frozen=True, slots=True)
class Sees:
    """Posts of which the last was published so many minutes ago; said again they are copies."""

    posts: tuple[str, ...]
    ago: int
    source: str

    def __call__(self, world: World) -> None:
        at = world.now - timedelta(minutes=self.ago)
        world.sees(self.posts, self.source, at, timedelta(minutes=7))


@dataclass(frozen=True, slots=True)
class Corrects:
    """A person says of a late mention of the brand that it is something else, or not about it."""

    which: int
    kind: CorrectionKind
    to: str

    def __call__(self, world: World) -> None:
        if items := _items(world):
            desk = Corrector(world.parts.storage, world.parts.config)
            item, access = items[self.which % len(items)], world.access("zhou")
            desk.correct(access, *BRAND, item, self.kind, self.to, world.now)


@dataclass(frozen=True, slots=True)
class Erases:
    """Somebody who spoke of the brand wants all gone."""

    who: int

    def __call__(self, world: World) -> None:
        storage = world.parts.storage
        assert isinstance(storage, SqlStorage)
        erase(storage, Author(frozenset({f"读者{self.who}"})), world.now)


@dataclass(frozen=True, slots=True)
class Forgets:
    """The oldest mentions are past their time."""

    count: int

    def __call__(self, world: World) -> None:
        with world.parts.storage.begin() as uow:
            uow.mentions.expire(BRAND[0], world.now - timedelta(days=3), self.count)
            uow.commit()


@dataclass(frozen=True, slots=True)
class Reports:
    """Somebody calls, and an incident is opened by hand, or the one of that topic is found."""

    topic: Topic

    def __call__(self, world: World) -> None:
        told = Report(*BRAND, self.topic, Severity.YELLOW, "客户来电", "陈经理", self.topic.value)
        assert world.acts.report(world.access("zhou"), told, Via.DESK, world.now)


@dataclass(frozen=True, slots=True)
class Merges:
    """Two open incidents turn out to be one: the younger goes up in the older, or the other way about."""

    into_younger: bool

    def __call__(self, world: World) -> None:
        found = sorted(world.incidents(), key=lambda i: (i.opened_at, i.id))
        mine = [i.id for i in found if (i.client, i.brand) == BRAND]
        if len(mine) > 1:
            into, gone = (mine[1], mine[0]) if self.into_younger else (mine[0], mine[1])
            desk = world.access("zhou")
            assert world.acts.merge(desk, gone, into, "同一批门锁", Via.DESK, world.now) is None


@dataclass(frozen=True, slots=True)
class Waits:
    minutes: int

    def __call__(self, world: World) -> None:
        world.clock.advance(timedelta(minutes=self.minutes))


def _items(world: World) -> list[str]:
    span = Span(world.now - timedelta(days=2), world.now)
    with world.parts.storage.look() as uow:
        return [s.mention.item_key for s in uow.mentions.of_brand(world.access("zhou"), *BRAND, span, 20)]


sees = st.builds(
    Sees,
    st.lists(st.sampled_from(TALK), min_size=1, max_size=6).map(tuple),
    st.sampled_from([0, 0, 4, 25, 70, 600, 3 * 24 * 60]),
    st.sampled_from(["square", "forum", "news"]),
)
corrects = st.builds(
    Corrects, st.integers(0, 19), st.just(CorrectionKind.SENTIMENT), st.sampled_from(["pos", "neg"])
)
merges = st.builds(Merges, st.booleans())
disowns = st.builds(Corrects, st.integers(0, 19), st.just(CorrectionKind.BRAND), st.just(""))
other = st.one_of(
    corrects, disowns, st.builds(Erases, st.integers(1, 9)), st.builds(Forgets, st.integers(1, 50)), merges
)
happenings = st.lists(sees | st.builds(Waits, st.sampled_from([5, 11, 61])) | other, min_size=3, max_size=6)
called = (Reports(Topic.DATA_LEAK), Reports(Topic.PRODUCT_SAFETY))
storm = Sees(tuple(NICKNAMED[:8]), 0, "square")


def played(world: World, what: Sequence[Happening], *, killed: bool) -> tuple[Said, dict[str, object]]:
    for happens in what:
        happens(world)
        if killed:
            world = second_worker(world)
        world.turn()
    return said_in(world), known(world)


def known(world: World) -> dict[str, object]:
    """What detectors know in the end, number by number."""
    with world.parts.storage.look() as uow:
        kinds = [*(d.kind for d in world.parts.detectors), f"new_words|{'|'.join(BRAND)}"]
        found = [uow.detectors.latest(kind) for kind in kinds]
    return {c.detector: unpacked(c) for c in found if c}


def unpacked(checkpoint: Checkpoint) -> object:
    arrays = load(checkpoint.state)
    return checkpoint.through, {name: arrays[name].tobytes() for name in sorted(arrays)}


@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(happenings, happenings)
@example([], [Merges(into_younger=False), storm, Waits(11), storm])
@example(
    [storm, Waits(61)], [Merges(into_younger=True), storm, Waits(5), *called, Merges(into_younger=False)]
)
def test_a_worker_that_keeps_what_it_read_knows_what_one_killed_before_each_look_knows(
    place: Slot, before: list[Happening], after: list[Happening]
) -> None:
    what: list[Happening] = [*before, *called, storm, *after]
    kept, knew = played(place.begin(), what, killed=False)
    anew, learnt = played(place.begin(), what, killed=True)

    assert differing(kept, anew) == []
    assert [kind for kind in knew | learnt if knew.get(kind) != learnt.get(kind)] == []
