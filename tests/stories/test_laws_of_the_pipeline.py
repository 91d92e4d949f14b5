"""Laws of the pipeline: what is known in the end depends on what was said, not on how it came in."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Self

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.pipeline.chase import chase
from desk.pipeline.deliver import deliver
from desk.pipeline.judge import judge
from desk.pipeline.notice import notice, watch
from desk.pipeline.read import read
from desk.pipeline.respond import respond
from desk.rehearsal.posts import Strand
from desk.wiring.shared import desk_reader
from tests.stories.conftest import AFTERNOON
from tests.stories.posts import texts
from tests.stories.rows import Said, differing, said_in
from tests.stories.slot import Slot, second_worker, slot
from tests.world import World, word
from wanglou.domain.agency import Config
from wanglou.domain.incident import Incident, Via, first_broken
from wanglou.domain.item import Author, DatedBy, Item
from wanglou.domain.person import HOUSE, Access
from wanglou.domain.plan import StepWord
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.span import Span
from wanglou.storage.engine import SqlStorage, open_storage
from wanglou.storage.incidents import SqlIncidents
from wanglou.storage.unit_of_work import SqlUnitOfWork

COMPLAINTS = texts(Strand.COMPLAINT)
TALK = [t for s in (Strand.ORDINARY, Strand.LAUNCH, Strand.LOOK_ALIKE, Strand.DEFENCE) for t in texts(s)]
TALK += [text.replace("安屿", "陌川") for text in COMPLAINTS[:12]]  # of a competitor
VERBS = (watch, read, notice, judge, respond, chase, deliver)

quick = settings(max_examples=8, deadline=None)


@pytest.fixture(scope="session")
def place(
    agency: Config, two_quiet_weeks: Callable[[datetime], Path], tmp_path_factory: pytest.TempPathFactory
) -> Slot:
    return slot(agency, two_quiet_weeks(AFTERNOON), tmp_path_factory.mktemp("laws") / "data", AFTERNOON)


def post(number: int, text: str, ago: int | None, source: str = "square") -> Item:
    """``ago``: seconds before the afternoon, None for a post that bears no date."""
    published = None if ago is None else AFTERNOON - timedelta(seconds=ago)
    dated_by = DatedBy.NONE if ago is None else DatedBy.FEED
    url = f"http://{source}.example/{number}"
    return Item(source, url, "", text, Author(f"读者{number}"), published, dated_by)


sources = st.sampled_from(["square", "forum", "news"])
when = st.none() | st.integers(0, 1800)


@st.composite
def batches(draw: st.DrawFn) -> list[Item]:
    """Complaints from none to a crisis, forwarded ones among them, and other talk."""
    grave = draw(st.integers(0, 40))
    complaints = [post(n, t, 5 * n, draw(sources)) for n, t in enumerate(COMPLAINTS[:grave])]
    forwards = draw(st.lists(st.tuples(st.integers(0, max(0, grave - 1)), when, sources), max_size=8))
    other = draw(st.lists(st.tuples(st.sampled_from(TALK), when, sources), max_size=8))
    return [
        *complaints,
        *(post(100 + n, f"转发 {COMPLAINTS[of]}", ago, s) for n, (of, ago, s) in enumerate(forwards)),
        *(post(200 + n, text, ago, s) for n, (text, ago, s) in enumerate(other)),
    ]


@dataclass(frozen=True, repr=False)
class HandedOver:
    """A batch, and the same in another order, in pieces, some of them twice; shown by its addresses."""

    batch: list[Item]
    pieces: list[list[Item]]

    def __repr__(self) -> str:
        return repr([[item.url.removeprefix("http://") for item in piece] for piece in self.pieces])


@st.composite
def handed_over(draw: st.DrawFn) -> HandedOver:
    batch = draw(batches())
    shuffled = draw(st.permutations(batch))
    cuts = sorted(draw(st.lists(st.integers(0, len(batch)), max_size=3)))
    edges = [0, *cuts, len(batch)]
    pieces = [shuffled[a:b] for a, b in pairwise(edges)]
    return HandedOver(batch, [*pieces, *draw(st.lists(st.sampled_from(pieces), max_size=2))])


def keep(world: World, items: Sequence[Item]) -> None:
    with world.parts.storage.begin() as uow:
        uow.items.keep(items, world.now)
        uow.commit()


def settled(world: World) -> Said:
    world.turn()
    world.clock.advance(timedelta(minutes=1))
    world.turn()
    return said_in(world)


@given(handed_over())
@quick
def test_order_pieces_and_repetition_change_nothing(place: Slot, given_: HandedOver) -> None:
    batch, pieces = given_.batch, given_.pieces
    whole = place.begin()
    keep(whole, batch)
    expected = settled(whole)
    other = place.begin()
    for piece in pieces:
        keep(other, piece)
    assert differing(settled(other), expected) == []


@given(handed_over())
@quick
def test_what_comes_in_piece_by_piece_between_looks_is_counted_once(place: Slot, given_: HandedOver) -> None:
    batch, pieces = given_.batch, given_.pieces
    whole = place.begin()
    keep(whole, batch)
    expected = settled(whole)
    other = place.begin()
    for piece in pieces:
        keep(other, piece)
        other.turn()
    found = settled(other)
    assert _named(found) == _named(expected)
    assert _reached(found) == _reached(expected)
    assert set(_voices(found).values()) <= {1}
    # of two copies the voice may be the one without a date, which no bucket counts
    if found.counts == expected.counts:
        assert _stories(found) == _stories(expected)


def _named(rows: Said) -> list[tuple[object, ...]]:
    """Client, brand and item of each mention, with its label."""
    return [(m[0], m[1], m[2], m[8]) for m in rows.mentions]


def _reached(rows: Said) -> list[tuple[object, ...]]:
    """Mentions and reach of each count: who of two copies has the voice may depend on who came first."""
    return [(*c[:5], c[7]) for c in rows.counts]


def _voices(rows: Said) -> Counter[tuple[str, str]]:
    """Voices of each group of copies of a client, history aside."""
    return Counter((m[0], m[11]) for m in rows.mentions if m[10] and not str(m[4]).startswith("history"))


def _stories(rows: Said) -> list[tuple[object, ...]]:
    return [(i[0], i[1], i[3], i[4]) for i in rows.incidents]


def about(brand: str, complaints: int = 30) -> list[Item]:
    """The same complaints, word for word, about any brand."""
    source = {"安屿": "square", "汀岫": "forum"}[brand]
    said = [text.replace("安屿", brand) for text in COMPLAINTS[:complaints]]
    return [post(n, text, 5 * n, source) for n, text in enumerate(said)]


def test_what_is_said_of_one_client_changes_nothing_of_anothers(place: Slot) -> None:
    alone = place.begin()
    keep(alone, about("汀岫"))
    expected = settled(alone)
    beside = place.begin()
    keep(beside, about("安屿"))
    beside.turn()
    keep(beside, about("汀岫"))
    found = settled(beside)
    for name in ("mentions", "counts", "incidents"):
        here, there = ([r for r in getattr(rows, name) if "tea" in r] for rows in (found, expected))
        assert here == there, name
    assert len(expected.incidents) == 1
    assert len(found.incidents) == 2


steps = st.lists(
    st.tuples(st.booleans(), st.sampled_from(VERBS)) | st.integers(1, 12) | st.just(timedelta(minutes=2)),
    min_size=20,
    max_size=60,
)


@dataclass
class Severities:
    """The gravest level seen of each incident; nobody lowers anything here."""

    highest: dict[str, Severity]

    def look(self, incidents: Sequence[Incident]) -> None:
        for incident in incidents:
            assert incident.severity >= self.highest.get(incident.id, Severity.BLUE)
            self.highest[incident.id] = incident.severity


@given(steps)
@quick
def test_two_workers_in_any_order_open_one_incident_which_never_sinks_by_itself(
    place: Slot, steps_: list[tuple[bool, Callable[..., object]] | int | timedelta]
) -> None:
    first = place.begin()
    workers, crisis, seen = (first, second_worker(first)), list(COMPLAINTS[:50]), Severities({})
    for step in steps_:
        if isinstance(step, timedelta):
            first.clock.advance(step)
        elif isinstance(step, int):
            first.sees(crisis[:step])
            del crisis[:step]
        else:
            is_second, verb = step
            verb(workers[is_second].parts, first.now)
            seen.look(first.incidents())
    first.sees(crisis)
    for worker in (*workers, *workers):
        worker.turn()
        seen.look(first.incidents())
    _once(first)


def _once(world: World) -> None:
    """One story, one incident; each thing told once; one clock of a name; an unbroken record."""
    incident = world.incident()
    with world.parts.storage.look() as uow:
        record = uow.incidents.timeline(incident.id)
        told = [(d.change, d.recipient, d.channel) for d in uow.deliveries.of_incident(incident.id)]
        clocks = [c.name for c in uow.clocks.of_incident(incident.id)]
    assert first_broken(record) is None
    assert len(told) == len(set(told))
    assert len(clocks) == len(set(clocks))
    posts = Counter((m.delivery, m.address) for m in world.chat.posts)
    assert set(posts.values()) == {1}


def test_two_workers_at_the_same_moment_do_each_thing_once(place: Slot) -> None:
    alone = place.begin()
    keep(alone, [post(n, t, 5 * n) for n, t in enumerate(COMPLAINTS[:40])])
    expected = settled(alone)
    first = place.begin()
    keep(first, [post(n, t, 5 * n) for n, t in enumerate(COMPLAINTS[:40])])
    workers, start, troubles = [first, second_worker(first)], threading.Barrier(2), list[Exception]()

    def work(worker: World) -> None:
        start.wait()
        try:
            for _ in range(3):
                worker.turn()
        except Exception as error:  # noqa: BLE001 -- told to the test's own thread
            troubles.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    assert differing(settled(first), expected) == []
    _once(first)


def test_nobody_sees_or_touches_what_is_not_their_clients(place: Slot) -> None:
    world = place.begin()
    keep(world, [*about("安屿"), *about("汀岫")])
    settled(world)
    incidents, reader = world.incidents(), desk_reader(place.storage)
    everyone = [*world.parts.config.clients, HOUSE]
    assert {i.client for i in incidents} == {"lock", "tea"}

    @given(st.sampled_from(["wang", "zhao", "sun", "nobody"]), st.frozensets(st.sampled_from(everyone[:-1])))
    @settings(max_examples=15, deadline=None)
    def law(person: str, clients: frozenset[str]) -> None:
        access = Access(person, clients)
        board = reader.board(access, everyone, world.now)
        assert {row.incident.client for row in board.rows} <= clients
        assert {tile.client for tile in board.tiles} == clients
        assert {change.client for change in reader.changes(access, 0)} <= clients
        for incident in incidents:
            found = reader.incident(access, incident.id, world.now)
            number = reader.incident_numbered(access, incident.client, incident.number)
            with world.parts.storage.look() as uow:
                day = Span(world.now - timedelta(days=1), world.now)
                mentions = uow.mentions.of_brand(access, incident.client, incident.brand, day)
            if incident.client not in clients:
                assert (found, number, mentions) == (None, None, [])
                assert _refuses_all_acts(world, access, incident)
            elif found is not None:
                assert {m.mention.client for m in found.evidence} <= {incident.client}
                assert {d.client for d in found.deliveries} == {incident.client}

    law()


def _refuses_all_acts(world: World, access: Access, incident: Incident) -> bool:
    """Whether each act is answered as if the incident did not exist, and leaves no trace."""
    acts, at = world.acts, (Via.DESK, world.now)
    before = said_in(world)
    answers = [
        acts.acknowledge(access, incident.id, *at),
        acts.step_done(access, incident.id, "pause_campaign", StepWord(result="done"), *at),
        acts.step_skipped(access, incident.id, "pause_campaign", "why", *at),
        acts.note(access, incident.id, "text", "form", *at),
        acts.raise_severity(access, incident.id, Severity.RED, "why", *at),
        acts.lower_severity(access, incident.id, Severity.BLUE, "why", *at),
        acts.contain(access, incident.id, "why", *at),
        acts.resolve(access, incident.id, word(world.now), *at),
        acts.close(access, incident.id, "learnt", *at),
        acts.dismiss(access, incident.id, "false_positive", *at),
    ]
    unheard = acts.acknowledge(access, "there-is-no-such-incident", *at)
    return set(map(repr, answers)) == {repr(unheard)} and said_in(world) == before


@dataclass(frozen=True, slots=True)
class Interrupted(SqlIncidents):
    """Somebody else acts just before a change is saved."""

    act: Callable[[], object]

    def save(self, incident: Incident) -> Incident:
        self.act()
        return SqlIncidents.save(self, incident)


class InterruptedWork(SqlUnitOfWork):
    """A unit of work that is too late."""

    def __init__(self, storage: SqlStorage, act: Callable[[], object]) -> None:
        super().__init__(storage.writer)
        self._act = act

    def __enter__(self) -> Self:
        super().__enter__()
        self.incidents = Interrupted(self.connection, self._act)
        return self


@dataclass(frozen=True)
class InterruptedStorage:
    real: SqlStorage
    act: Callable[[], object]

    def begin(self) -> SqlUnitOfWork:
        return InterruptedWork(self.real, self.act)

    def look(self) -> SqlUnitOfWork:
        return self.real.look()


@pytest.mark.postgres
@pytest.mark.parametrize("address", ["postgres"], indirect=True)  # one writer at a time never meets another
def test_an_act_during_judging_is_kept_and_judged_again(place: Slot, address: str) -> None:
    storage = open_storage(address)
    world = place.begin()
    world.parts = replace(world.parts, storage=storage)
    for kind, complaints in (("negative_surge", COMPLAINTS[:8]), ("burst", COMPLAINTS[8:50])):
        world.sees(complaints)
        read(world.parts, world.now)
        _stood_out(world, kind)
        if kind == "negative_surge":
            judge(world.parts, world.now)
    mild = world.incident()
    acting = InterruptedStorage(storage, lambda: world.acknowledges("wang", mild))
    judge(replace(world.parts, storage=acting), world.now)
    assert world.incident().severity is mild.severity
    assert world.incident().acknowledged_by == "wang"
    judge(world.parts, world.now)
    assert world.incident().severity > mild.severity
    storage.close()


def _stood_out(world: World, kind: str) -> None:
    signal = Signal(
        kind=kind,
        client="lock",
        brand="安屿",
        source_class=None,
        since=world.now - timedelta(minutes=10),
        at=world.now,
        seen_at=world.now,
        polarity=Polarity.NEG,
        strength=0.5,
        because=Reason("signal_burst_hour_posts", {}),
    )
    with world.parts.storage.begin() as uow:
        uow.signals.add([signal])
        uow.commit()
