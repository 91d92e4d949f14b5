"""What pages ask: the board, one incident, what changed; and nothing of a client one may not see."""

import re
from dataclasses import replace
from datetime import datetime
from itertools import count

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.laws import ON_ONE_FIXTURE
from tests.units.storage.examples import (
    ALL,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    TODAY,
    a_delivery,
    a_mention,
    an_incident,
    an_item,
)
from wanglou.domain.clock import SlaClock
from wanglou.domain.incident import Incident, IncidentState, TimelineEntry, Via
from wanglou.domain.person import HOUSE, Access
from wanglou.domain.plan import Plan, Step, StepState
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.source import SourceClass, SourceHealth, SourceState
from wanglou.domain.volume import Observed, Series, VolumeRow
from wanglou.ports import UnitOfWork
from wanglou.storage.engine import SqlStorage
from wanglou.storage.hours import points
from wanglou.storage.reader import EVIDENCE_SHOWN, QUIET_READ, SqlDeskReader

CLIENTS = ("lock", "phone", HOUSE)
NUMBERS = count()
AGO = st.sampled_from([0, 1, 23, 24, 48, 72, 96, 360])
"""Hours before noon: today, of the days the band looks back on, and its first."""


def a_step(incident: str, name: str, due: datetime, state: StepState = StepState.TODO) -> Step:
    return Step(incident, name, 1, f"步骤 {name}", "", "media", "zhao", due, "截图", None, (), state)


def a_clock(incident: str, name: str, due: datetime) -> SlaClock:
    return SlaClock(incident, name, NOON, due, in_office_hours=True)


def said(client: str, start: datetime, mentions: int, brand: str = "安屿") -> VolumeRow:
    return VolumeRow(Series(client, brand, SourceClass.NEWS), start, mentions, mentions, 1, 100)


def stood_out(client: str, brand: str, minutes: int, polarity: Polarity = Polarity.NEG) -> Signal:
    at, because = NOON - minutes * MINUTE, Reason("incident_by_hand", {"who": "x", "text": "y"})
    return Signal("burst", client, brand, None, at - HOUR, at, at, polarity, 0.1, because)


class TestBoard:
    def test_a_tile_says_how_much_of_each_brand_was_observed(self, storage: SqlStorage) -> None:
        rows = [Observed("lock", "屿光", NOON, 3), Observed("phone", "陌川", NOON, 4)]
        with storage.begin() as uow:
            uow.volumes.set_observed([*rows, Observed("lock", "安屿", NOON, 144)])
            uow.volumes.set_observed([Observed("lock", "屿光", NOON - DAY, 5)])
            assert sorted(o.buckets for o in uow.volumes.observed()) == [4, 5, 144]
            uow.commit()
        [lock] = SqlDeskReader(storage).board(Access("wang", frozenset({"lock"})), CLIENTS, NOON).tiles
        assert lock.observed == (("安屿", 144), ("屿光", 5))

    def test_signals_nobody_was_told_of_stand_by_brand_the_newest_first(self, storage: SqlStorage) -> None:
        quiet = Reason("suppressed_no_rule")
        told, praised = stood_out("lock", "安屿", 5), stood_out("lock", "安屿", 1, Polarity.POS)
        older, newest, other = (stood_out("lock", "安屿", n) for n in (90, 30, 60))
        rest = [
            stood_out("lock", "屿光", 40),
            stood_out("phone", "陌川", 20),
            stood_out("lock", "安屿", 1500),
        ]
        with storage.begin() as uow:
            uow.incidents.add(an_incident(1))
            everything = [told, praised, older, newest, other, *rest]
            uow.signals.add([*everything, unjudged := replace(newest, kind="silence")])
            uow.signals.hold([s.key for s in everything], quiet)
            uow.signals.mark_judged([told.key], "lock-1", None)
            uow.commit()
        reader = SqlDeskReader(storage)
        board = reader.board(Access("wang", frozenset({"lock"})), CLIENTS, NOON)
        assert [[s.at for s in q.signals] for q in board.quiet] == [
            [newest.at, other.at, older.at],
            [rest[0].at],
        ]
        assert unjudged not in board.quiet[0].signals
        assert all(q.why == quiet for q in board.quiet)
        assert [q.signals[0].client for q in reader.quiet(ALL, CLIENTS, NOON)] == ["phone", "lock", "lock"]

    def test_a_storm_of_quiet_signals_costs_no_more_than_a_few(self, storage: SqlStorage) -> None:
        storm = [stood_out("lock", f"品牌{n}", n) for n in range(QUIET_READ + 30)]
        with storage.begin() as uow:
            uow.signals.add(storm)
            uow.signals.hold([s.key for s in storm], Reason("suppressed_no_rule"))
            uow.commit()
        found = SqlDeskReader(storage).quiet(ALL, CLIENTS, NOON)
        assert len(found) == QUIET_READ
        assert found[0].signals == (storm[0],)

    def test_rows_stand_by_what_falls_due_first(self, storage: SqlStorage) -> None:
        with storage.begin() as uow:
            for number in (1, 2, 3):
                uow.incidents.add(an_incident(number))
            uow.incidents.add(an_incident(4, severity=Severity.RED))
            uow.incidents.add(an_incident(5, state=IncidentState.CLOSED))
            steps = (a_step("lock-2", "pause", NOON + 10 * MINUTE),)
            uow.plans.add(Plan("lock-2", "advert", "广告", "d", NOON, steps))
            uow.clocks.start([a_clock("lock-1", "statement", NOON + HOUR)])
            uow.clocks.start([a_clock("lock-1", "desk_acknowledge", NOON + 5 * MINUTE)])
            uow.clocks.start([a_clock("lock-2", "statement", NOON + HOUR)])
            uow.clocks.stop("lock-1", ["desk_acknowledge"], NOON, "wang")
            uow.commit()
        rows = SqlDeskReader(storage).board(ALL, CLIENTS, NOON).rows
        assert [(r.incident.id, r.next_due_what, r.next_due_is_step) for r in rows] == [
            ("lock-2", "步骤 pause", True),
            ("lock-1", "statement", False),
            ("lock-4", None, False),
            ("lock-3", None, False),
        ]
        assert rows[1].next_due == NOON + HOUR

    def test_a_done_step_no_longer_falls_due(self, storage: SqlStorage) -> None:
        with storage.begin() as uow:
            uow.incidents.add(an_incident())
            steps = (a_step("lock-1", "pause", NOON, StepState.DONE), a_step("lock-1", "tell", NOON + HOUR))
            uow.plans.add(Plan("lock-1", "advert", "广告", "d", NOON, steps))
            uow.commit()
        (row,) = SqlDeskReader(storage).board(ALL, CLIENTS, NOON).rows
        assert row.next_due_what == "步骤 tell"

    def test_a_row_carries_its_evidence_in_numbers(self, storage: SqlStorage) -> None:
        items = [an_item(n) for n in range(3)]
        with storage.begin() as uow:
            uow.items.keep(items, NOON)
            uow.mentions.add([a_mention(item, reach=1000) for item in items])
            uow.incidents.add(an_incident())
            uow.incidents.add_evidence("lock-1", [("lock", "安屿", item.key) for item in items])
            uow.commit()
        (row,) = SqlDeskReader(storage).board(ALL, CLIENTS, NOON).rows
        assert (row.mentions, row.reach) == (3, 3000)

    def test_a_tile_has_its_last_24_hours_and_the_house_has_none(self, storage: SqlStorage) -> None:
        with storage.begin() as uow:
            uow.volumes.add([said("lock", NOON + 5 * MINUTE, 3), said("lock", NOON + 55 * MINUTE, 4)])
            uow.volumes.add([said("lock", NOON - 23 * HOUR, 1), said("lock", NOON - 24 * HOUR, 9)])
            uow.commit()
        tiles = SqlDeskReader(storage).board(ALL, CLIENTS, NOON + 59 * MINUTE).tiles
        assert [tile.client for tile in tiles] == ["lock", "phone"]
        spoken = [(p.start, p.mentions, p.negatives) for p in tiles[0].points if p.mentions]
        assert spoken == [(NOON - 23 * HOUR, 1, 1), (NOON, 7, 2)]
        assert len(tiles[0].points) == len(tiles[1].points) == 24
        assert tiles[0].points[-1].start == NOON

    @settings(max_examples=25, deadline=None, suppress_health_check=ON_ONE_FIXTURE)
    @given(st.lists(st.dictionaries(st.tuples(st.sampled_from(["安屿", "屿光"]), AGO), st.integers(1, 99))))
    def test_a_tile_has_the_sums_of_its_clients_brands_as_they_are_now(
        self, storage: SqlStorage, looks: list[dict[tuple[str, int], int]]
    ) -> None:
        client, counts = f"client-{next(NUMBERS)}", dict[datetime, tuple[int, int]]()
        for rows in looks:
            with storage.begin() as uow:
                uow.volumes.add([said(client, NOON - a * HOUR, n, brand) for (brand, a), n in rows.items()])
                uow.commit()
            for (_, ago), n in rows.items():
                mentions, negatives = counts.get(NOON - ago * HOUR, (0, 0))
                counts[NOON - ago * HOUR] = mentions + n, negatives + 1
            (tile,) = SqlDeskReader(storage).board(ALL, [client], NOON).tiles
            assert tile.points == points(counts, NOON - 23 * HOUR, NOON)

    def test_the_loudest_words_are_those_of_voices_that_spoke_for_the_reading(
        self, storage: SqlStorage
    ) -> None:
        items = [an_item(1), an_item(2), an_item(3, published_at=NOON - 2 * DAY), an_item(4)]
        with storage.begin() as uow:
            uow.items.keep(items, NOON)
            one, two, old, copy = (a_mention(item) for item in items)
            quiet = replace(two, reading=replace(two.reading, words=(("打不开", 1.0),)))
            uow.mentions.add([one, quiet, old, replace(copy, voice=False)])
            uow.commit()
        (tile,) = SqlDeskReader(storage).board(ALL, ["lock"], NOON).tiles
        assert tile.words == (("打不开", 2),)  # 锁, a single character, tells nothing alone

    def test_it_names_every_source_and_its_own_time(self, storage: SqlStorage) -> None:
        health = SourceHealth("caijing", SourceState.BLOCKED, NOON, trouble=Reason("source_refused"))
        with storage.begin() as uow:
            uow.sources.save_health(health)
            uow.commit()
        view = SqlDeskReader(storage).board(ALL, [], NOON)
        assert (view.rows, view.tiles, view.sources, view.as_of) == ((), (), (health,), NOON)


class TestUsualBand:
    def test_a_steady_brand_has_a_narrow_band_at_its_level(self) -> None:
        counts = {NOON - n * HOUR: (10, 1) for n in range(15 * 24)}
        (point,) = points(counts, NOON, NOON)
        assert (point.usual_low, point.usual_high) == (10, 10)

    def test_it_follows_the_hour_of_the_day(self) -> None:
        counts = {NOON - n * HOUR: (50 if n % 24 in {23, 0, 1} else 2, 0) for n in range(1, 15 * 24)}
        noon, night = points(counts, NOON, NOON)[0], points(counts, NOON - 12 * HOUR, NOON - 12 * HOUR)[0]
        assert (noon.usual_low, noon.usual_high) == (50, 50)
        assert (night.usual_low, night.usual_high) == (2, 2)

    def test_one_wild_day_does_not_widen_it(self) -> None:
        counts = {NOON - n * HOUR: (900 if n in {47, 48, 49} else 10, 0) for n in range(15 * 24)}
        assert points(counts, NOON, NOON)[0].usual_high == 10

    @pytest.mark.parametrize(("hours", "known"), [(0, False), (71, False), (72, True)])
    def test_it_needs_three_days_of_history(self, hours: int, known: bool) -> None:  # noqa: FBT001 -- a table of cases
        counts = {NOON - n * HOUR: (10, 1) for n in range(hours + 1)}
        assert (points(counts, NOON, NOON)[0].usual_low is not None) == known


class TestIncident:
    def test_it_shows_all_that_belongs_to_it(self, storage: SqlStorage) -> None:
        with storage.begin() as uow:
            fill(uow, "lock")
            uow.commit()
            view = SqlDeskReader(storage).incident(ALL, "lock-1", NOON + HOUR)
            assert view
            assert view.incident == uow.incidents.get("lock-1")
            assert view.plan == uow.plans.of_incident("lock-1")
            assert list(view.clocks) == uow.clocks.of_incident("lock-1") != []
            assert list(view.timeline) == uow.incidents.timeline("lock-1") != []
            assert list(view.signals) == uow.signals.of_incident("lock-1") != []
            assert list(view.deliveries) == uow.deliveries.of_incident("lock-1") != []
            assert list(view.evidence) == uow.mentions.of_brand(ALL, "lock", "安屿", TODAY) != []

    def test_originals_stand_before_copies_and_new_before_old(self, storage: SqlStorage) -> None:
        items = [an_item(n, published_at=NOON + n * MINUTE) for n in range(4)]
        with storage.begin() as uow:
            uow.items.keep(items, NOON + HOUR)
            mentions = [a_mention(item, voice=n < 2) for n, item in enumerate(items)]
            uow.mentions.add(mentions)
            uow.incidents.add(an_incident())
            uow.incidents.add_evidence("lock-1", [("lock", "安屿", item.key) for item in items])
            uow.commit()
        view = SqlDeskReader(storage).incident(ALL, "lock-1", NOON)
        assert view
        assert [seen.item for seen in view.evidence] == [items[1], items[0], items[3], items[2]]

    def test_a_flood_of_evidence_is_cut_at_what_a_page_can_show(self, storage: SqlStorage) -> None:
        items = [an_item(n) for n in range(EVIDENCE_SHOWN + 5)]
        with storage.begin() as uow:
            uow.items.keep(items, NOON)
            uow.mentions.add([a_mention(item) for item in items])
            uow.incidents.add(an_incident())
            uow.incidents.add_evidence("lock-1", [("lock", "安屿", item.key) for item in items])
            uow.commit()
        view = SqlDeskReader(storage).incident(ALL, "lock-1", NOON)
        assert view
        assert len(view.evidence) == EVIDENCE_SHOWN

    def test_its_chart_runs_from_a_day_before_to_now_and_not_for_ever(self, storage: SqlStorage) -> None:
        reader = SqlDeskReader(storage)
        ended = replace(an_incident(2, state=IncidentState.CLOSED), ended_at=NOON + HOUR)
        with storage.begin() as uow:
            uow.incidents.add(an_incident())
            uow.incidents.add(ended)
            uow.volumes.add([said("lock", NOON, 3), said("lock", NOON + 2 * HOUR, 9)])
            uow.commit()

        def chart(incident: str, now: datetime) -> tuple[datetime, datetime]:
            view = reader.incident(ALL, incident, now)
            assert view
            return view.volume[0].start, view.volume[-1].start

        assert chart("lock-1", NOON + 90 * MINUTE) == (NOON - DAY, NOON + HOUR)
        assert chart("lock-1", NOON + 90 * DAY) == (NOON - DAY, NOON + 13 * DAY)
        assert chart("lock-2", NOON + 90 * DAY) == (NOON - DAY, NOON + DAY + HOUR)

    def test_it_is_found_by_its_number(self, storage: SqlStorage) -> None:
        with storage.begin() as uow:
            uow.incidents.add(an_incident(7))
            uow.commit()
        reader = SqlDeskReader(storage)
        assert reader.incident_numbered(ALL, "lock", 7) == "lock-7"
        assert reader.incident_numbered(ALL, "lock", 8) is None
        assert reader.incident(ALL, "lock-8", NOON) is None


def fill(uow: UnitOfWork, client: str) -> Incident:
    """One of everything for a client, each carrying the client's name in its words."""
    item = an_item(CLIENTS.index(client), text=f"secret of {client}")
    mention = a_mention(item, client=client)
    incident = replace(an_incident(1, client), because=Reason("burst", {"secret": client}))
    uow.items.keep([item], NOON)
    uow.mentions.add([mention])
    uow.volumes.add([said(client, NOON, 3)])
    uow.incidents.add(incident)
    uow.incidents.add_evidence(incident.id, [(client, "安屿", item.key)])
    uow.incidents.append([TimelineEntry(incident.id, NOON, "wang", Via.DESK, "opened", {"secret": client})])
    uow.plans.add(Plan(incident.id, client, client, "d", NOON, (a_step(incident.id, client, NOON),)))
    uow.clocks.start([a_clock(incident.id, "statement", NOON + HOUR)])
    because = Reason("burst", {"secret": client})
    signal = Signal("burst", client, "安屿", None, NOON, NOON, NOON, Polarity.NEG, 1.0, because)
    uow.signals.add([signal])
    uow.signals.mark_judged([signal.key], incident.id, None)
    uow.deliveries.enqueue([a_delivery(1, incident.id)])
    uow.changes.note(client, "incident", incident.id, NOON)
    return incident


class TestWalls:
    @settings(max_examples=30, deadline=None, suppress_health_check=ON_ONE_FIXTURE)
    @given(clients=st.none() | st.frozensets(st.sampled_from([*CLIENTS, "nobody"])))
    @example(clients=frozenset())
    def test_nobody_ever_sees_anything_of_a_client_that_is_not_theirs(
        self, storage: SqlStorage, clients: frozenset[str] | None
    ) -> None:
        with storage.begin() as uow:
            if not uow.incidents.all_open():
                for client in CLIENTS:
                    fill(uow, client)
                uow.commit()
        access, reader = Access("someone", clients), SqlDeskReader(storage)
        board = reader.board(access, CLIENTS, NOON)
        changes = reader.changes(access, 0)
        theirs = [client for client in CLIENTS if access.may_see(client)]
        assert sorted(row.incident.client for row in board.rows) == sorted(theirs)
        assert [tile.client for tile in board.tiles] == [c for c in theirs if c != HOUSE]
        assert [change.client for change in changes] == theirs
        for client in CLIENTS:
            view = reader.incident(access, f"{client}-1", NOON)
            number = reader.incident_numbered(access, client, 1)
            with storage.look() as uow:
                seen = uow.mentions.of_brand(access, client, "安屿", TODAY)
            assert bool(view) == bool(number) == bool(seen) == (client in theirs)
            shown = repr((view, number, seen, board, changes))
            assert not [c for c in CLIENTS if c not in theirs and re.search(rf"\b{c}\b", shown)]

    def test_evidence_of_another_client_is_not_shown_even_if_it_was_linked(self, storage: SqlStorage) -> None:
        with storage.begin() as uow:
            fill(uow, "lock")
            fill(uow, "phone")
            strange = an_item(CLIENTS.index("phone"), text="secret of phone")
            uow.incidents.add_evidence("lock-1", [("phone", "安屿", strange.key)])
            uow.commit()
        view = SqlDeskReader(storage).incident(Access("wang", frozenset({"lock"})), "lock-1", NOON)
        assert "phone" not in repr(view)

    def test_a_board_asks_only_for_the_clients_named(self, storage: SqlStorage) -> None:
        with storage.begin() as uow:
            fill(uow, "lock")
            fill(uow, "phone")
            uow.commit()
        view = SqlDeskReader(storage).board(ALL, ["phone", "phone"], NOON)
        assert [row.incident.client for row in view.rows] == [tile.client for tile in view.tiles] == ["phone"]


class TestChanges:
    def test_they_come_by_id_and_only_once_committed(self, storage: SqlStorage) -> None:
        reader = SqlDeskReader(storage)
        assert reader.newest_change() == 0
        with storage.begin() as uow:
            uow.changes.note("lock", "incident", "lock-1", NOON)
            uow.changes.note("lock", "mention", "k", NOON)
            uow.changes.note("lock", "incident", "lock-1", NOON)
            assert reader.changes(ALL, 0) == []
            uow.commit()
            uow.changes.note("lock", "incident", "undone", NOON)
        first, second = reader.changes(ALL, 0)
        assert (first.subject, second.subject) == ("lock-1", "k")
        assert first.id < second.id == reader.newest_change()
        assert reader.changes(ALL, first.id) == [second]
        assert reader.changes(ALL, second.id) == []

    def test_a_transaction_sees_what_it_noted_itself(self, storage: SqlStorage) -> None:
        with storage.begin() as uow:
            uow.changes.note("lock", "incident", "lock-1", NOON)
            (change,) = uow.changes.after(0)
            assert uow.changes.newest() == change.id
            assert uow.changes.after(0, limit=0) == []
