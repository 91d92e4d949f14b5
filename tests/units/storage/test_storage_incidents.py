"""Incidents: one open per story, no lost change, a record nobody can rewrite unseen."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from tests import strategies as some
from tests.laws import ON_ONE_FIXTURE
from tests.units.storage.examples import HOUR, MINUTE, NOON, a_mention, an_incident, an_item
from wanglou.domain.clock import SlaClock
from wanglou.domain.incident import IncidentState, TimelineEntry, Via, first_broken
from wanglou.domain.plan import Plan, Step, StepState
from wanglou.domain.reason import Reason
from wanglou.domain.signal import Polarity, Signal
from wanglou.ports import StaleIncidentError
from wanglou.storage import tables
from wanglou.storage.engine import SqlStorage
from wanglou.storage.errors import RefusedRowError
from wanglou.storage.timelines import tampered

law = settings(max_examples=25, deadline=None, suppress_health_check=ON_ONE_FIXTURE)
RECORD = tables.timeline.c


def an_entry(kind: str = "opened") -> TimelineEntry:
    return TimelineEntry("lock-1", NOON, "wang", Via.DESK, kind, {"times": 8.0, "品牌": "安屿"})


def test_a_story_has_one_open_incident(storage: SqlStorage) -> None:
    first = an_incident(1)
    rival = replace(an_incident(2), open_key=first.open_key)
    with storage.begin() as uow:
        assert uow.incidents.add(first)
        assert not uow.incidents.add(rival)
        assert not uow.incidents.add(first)
        assert first.open_key
        assert uow.incidents.open_with_key(first.open_key) == first
        ended = replace(first, state=IncidentState.RESOLVED, open_key=None, ended_at=NOON)
        uow.incidents.save(ended)
        assert uow.incidents.open_with_key(first.open_key) is None
        assert uow.incidents.add(rival)
        assert uow.incidents.all_open() == [rival]


def test_of_two_who_read_the_same_version_the_second_is_told_to_read_again(storage: SqlStorage) -> None:
    incident = an_incident()
    with storage.begin() as uow:
        uow.incidents.add(incident)
        saved = uow.incidents.save(replace(incident, owner="wang"))
        assert saved.version == 2
        with pytest.raises(StaleIncidentError, match="read it again"):
            uow.incidents.save(replace(incident, owner="li"))
        assert uow.incidents.get("lock-1") == saved


def test_open_incidents_in_their_orders(storage: SqlStorage) -> None:
    one, two = an_incident(1), an_incident(2, opened_at=NOON + HOUR)
    closed = an_incident(3, state=IncidentState.CLOSED)
    other = an_incident(1, "phone", opened_at=NOON - HOUR)
    with storage.begin() as uow:
        for incident in (one, two, closed, other):
            uow.incidents.add(incident)
        assert uow.incidents.all_open() == [other, one, two]
        assert uow.incidents.open_of_brand("lock", "安屿") == [two, one]
        assert uow.incidents.next_number("lock") == 4
        assert uow.incidents.next_number("nobody") == 1


def test_two_who_open_at_once_get_different_numbers(storage: SqlStorage) -> None:
    start, numbers = Barrier(2), list[int]()

    def open_one(name: str) -> None:
        start.wait()
        with storage.begin() as uow:
            number = uow.incidents.next_number("lock")
            uow.incidents.add(replace(an_incident(number), id=name, open_key=name))
            uow.commit()
        numbers.append(number)

    people = [Thread(target=open_one, args=[name]) for name in ("wang", "li")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert sorted(numbers) == [1, 2]


@law
@given(parts=st.lists(st.lists(some.timeline_entries("lock-1"), max_size=3), max_size=3))
def test_a_record_written_in_parts_is_one_unbroken_chain(
    storage: SqlStorage, parts: list[list[TimelineEntry]]
) -> None:
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        for part in parts:
            uow.incidents.append(part)
        record = uow.incidents.timeline("lock-1")
        assert [link.seq for link in record] == list(range(1, sum(map(len, parts)) + 1))
        assert first_broken(record) is None
        assert tampered(uow.connection) == []


@law
@given(
    seq=st.integers(1, 4),
    change=st.sampled_from(
        [
            {"actor": "li"},
            {"kind": "acknowledged"},
            {"via": "slack"},
            {"at": NOON + MINUTE},
            {"facts": {"times": 9.0, "品牌": "安屿"}},
            {"facts": {"times": 8, "品牌": "安屿"}},
            {"hash": "0" * 64},
            {"prev_hash": "0" * 64},
            {"seq": 9},
        ]
    ),
)
def test_any_change_to_a_record_is_found(storage: SqlStorage, seq: int, change: dict[str, object]) -> None:
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        uow.incidents.append([an_entry()] * 4)
        uow.connection.execute(update(tables.timeline).where(RECORD.seq == seq).values(**change))
        ((incident, found),) = tampered(uow.connection)
        assert incident == "lock-1"
        assert found >= seq  # an entry moved to another place leaves its gap behind it


@pytest.mark.parametrize("seq", [1, 2, 4])
def test_an_entry_cut_out_of_a_record_is_missed_also_at_the_end(storage: SqlStorage, seq: int) -> None:
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        uow.incidents.append([an_entry()] * 4)
        uow.connection.execute(tables.timeline.delete().where(RECORD.seq == seq))
        assert tampered(uow.connection) == [("lock-1", seq)]


def test_two_who_write_at_once_are_chained_one_after_the_other(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        uow.commit()
    start = Barrier(2)

    def write() -> None:
        start.wait()
        for _ in range(5):
            with storage.begin() as uow:
                uow.incidents.append([an_entry()])
                uow.commit()

    people = [Thread(target=write) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    with storage.look() as uow:
        assert len(uow.incidents.timeline("lock-1")) == 10
        assert tampered(uow.connection) == []


def test_a_record_needs_its_incident(storage: SqlStorage) -> None:
    with storage.begin() as uow, pytest.raises(RefusedRowError, match="lock-1: it is not stored"):
        uow.incidents.append([an_entry()])


def test_evidence_is_linked_and_counted_once(storage: SqlStorage) -> None:
    items = [an_item(n) for n in range(3)]
    keys = [("lock", "安屿", item.key) for item in items]
    with storage.begin() as uow:
        uow.items.keep(items, NOON)
        uow.mentions.add([a_mention(item, reach=10) for item in items])
        uow.incidents.add(an_incident())
        assert uow.incidents.add_evidence("lock-1", []) == 0
        assert uow.incidents.add_evidence("lock-1", [*keys[:2], keys[0]]) == 2
        assert uow.incidents.add_evidence("lock-1", keys) == 1
        assert uow.incidents.evidence_count("lock-1") == 3
        stored = uow.connection.execute(tables.incident.select()).one()
        assert (stored.evidence_mentions, stored.evidence_reach) == (3, 30)


def test_a_signal_is_kept_once_and_told_what_became_of_it(storage: SqlStorage) -> None:
    late, early = a_signal(5), a_signal()
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        assert uow.signals.add([late, early, late]) == [late, early]
        assert uow.signals.add([early]) == []
        assert uow.signals.unjudged() == [early, late]
        uow.signals.mark_judged([late.key], "lock-1", None)
        uow.signals.mark_judged([early.key], None, Reason("rule_quiet"))
        assert uow.signals.unjudged() == []
        assert uow.signals.of_incident("lock-1") == [late]
        assert uow.signals.recent("lock", "安屿", NOON) == [early, late]
        assert uow.signals.recent("lock", "安屿", NOON + MINUTE) == [late]


def test_a_signal_that_is_held_back_says_why_and_is_looked_at_again(storage: SqlStorage) -> None:
    because = Reason("burst", {"times": 3})
    signal = Signal("burst", "lock", "安屿", None, NOON, NOON, NOON, Polarity.NEG, 0.1, because)
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        uow.signals.add([signal])
        assert uow.signals.kept_quiet(NOON) == []
        assert uow.signals.hold([signal.key], Reason("rule_near", {"reach": 80})) == {signal.key}
        assert uow.signals.hold([signal.key], Reason("rule_near", {"reach": 90})) == set()
        assert uow.signals.unjudged() == [signal]
        assert uow.signals.kept_quiet(NOON) == [(signal, Reason("rule_near", {"reach": 90}))]
        assert uow.signals.kept_quiet(NOON + MINUTE) == []
        uow.signals.mark_judged([signal.key], "lock-1", None)
        assert uow.signals.kept_quiet(NOON) == []


def test_a_signal_a_person_took_up_stays_there_and_may_still_meet_a_rule(storage: SqlStorage) -> None:
    held, joined = a_signal(), a_signal(1)
    with storage.begin() as uow:
        for number in (1, 2):
            uow.incidents.add(an_incident(number))
        uow.signals.add([held, joined])
        uow.signals.mark_judged([joined.key], "lock-2", None)
        assert uow.signals.take_up([held.key, joined.key], "lock-1") == {held.key}
        assert uow.signals.take_up([held.key], "lock-2") == set()
        assert uow.signals.take_up([], "lock-2") == set()
        assert uow.signals.unjudged() == [held]
        uow.signals.mark_judged([held.key], "lock-2", None)
        assert uow.signals.unjudged() == []
        assert uow.signals.of_incident("lock-1") == [held]
        uow.signals.move("lock-1", "lock-2")
        assert uow.signals.of_incident("lock-2") == [held, joined]


def test_whoever_takes_a_signal_up_second_gets_none(storage: SqlStorage) -> None:
    signal, start = a_signal(), Barrier(2)
    got: dict[str, set[str]] = {}
    with storage.begin() as uow:
        for number in (1, 2):
            uow.incidents.add(an_incident(number))
        uow.signals.add([signal])
        uow.commit()

    def take(incident: str) -> None:
        start.wait()
        with storage.begin() as uow:
            got[incident] = uow.signals.take_up([signal.key], incident)
            uow.commit()

    people = [Thread(target=take, args=[name]) for name in ("lock-1", "lock-2")]
    for person in people:
        person.start()
    for person in people:
        person.join()
    [taken] = [name for name, keys in got.items() if keys == {signal.key}]
    assert sorted(got.values(), key=len) == [set(), {signal.key}]
    with storage.look() as uow:
        assert uow.signals.of_incident(taken) == [signal]


def a_signal(minutes: int = 0) -> Signal:
    at = NOON + minutes * MINUTE
    because = Reason("burst", {"times": 8})
    return Signal("burst", "lock", "安屿", None, NOON, at, at, Polarity.NEG, 0.5, because)


def a_step(name: str, order: int, incident: str = "lock-1") -> Step:
    due = NOON + order * MINUTE
    return Step(incident, name, order, "暂停广告", "", "media", "zhao", due, "截图已存", None, ())


def test_a_plan_is_frozen_into_its_incident_once(storage: SqlStorage) -> None:
    plan = Plan("lock-1", "advert", "广告误导", "digest", NOON, (a_step("pause", 1), a_step("tell", 2)))
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        uow.incidents.add(an_incident(2, state=IncidentState.CLOSED))
        assert [i.id for i in uow.plans.unplanned()] == ["lock-1"]
        assert uow.plans.add(plan)
        assert not uow.plans.add(replace(plan, book="other", steps=(a_step("other", 3),)))
        assert uow.plans.of_incident("lock-1") == plan
        assert uow.plans.unplanned() == []
        assert uow.plans.of_incident("lock-2") is None


def test_a_plan_goes_on_after_another_book_with_all_its_steps(storage: SqlStorage) -> None:
    done = replace(a_step("pause", 1), state=StepState.DONE, done_at=NOON, done_by="zhao", result="已停")
    first = Plan("lock-1", "minor", "轻微", "digest", NOON, (done, a_step("tell", 2)))
    again = Plan(
        "lock-1", "advert", "广告", "other", NOON + MINUTE, (done, a_step("say", 2), a_step("tell", 3))
    )
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        uow.incidents.add(an_incident(2))
        uow.plans.add(first)
        assert [(i.id, book) for i, book in uow.plans.followed()] == [("lock-1", "minor")]
        uow.plans.go_on(again)
        assert uow.plans.of_incident("lock-1") == again
        assert [(i.id, book) for i, book in uow.plans.followed()] == [("lock-1", "advert")]


def test_untold_steps_are_those_to_do_of_open_incidents_by_due_time(storage: SqlStorage) -> None:
    ended = an_incident(2)
    with storage.begin() as uow:
        for incident in (an_incident(), ended):
            uow.incidents.add(incident)
            steps = (a_step("tell", 2, incident.id), a_step("pause", 1, incident.id))
            uow.plans.add(Plan(incident.id, "advert", "广告误导", "digest", NOON, steps))
        uow.incidents.save(replace(ended, state=IncidentState.DISMISSED, open_key=None))
        assert [s.id for s in uow.plans.untold()] == ["pause", "tell"]
        uow.plans.save_step(replace(a_step("pause", 1), told_at=NOON))
        assert uow.plans.untold() == [a_step("tell", 2)]


def test_a_clock_stops_once_and_says_by_whom(storage: SqlStorage) -> None:
    slow = SlaClock("lock-1", "statement", NOON, NOON + 2 * HOUR, in_office_hours=True)
    fast = SlaClock("lock-1", "desk_acknowledge", NOON, NOON + HOUR, in_office_hours=True)
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        uow.clocks.start([slow, fast])
        assert uow.clocks.running() == [fast, slow]
        stopped = replace(fast, stopped_at=NOON + MINUTE, stopped_by="wang")
        assert uow.clocks.stop("lock-1", ["desk_acknowledge"], NOON + MINUTE, "wang") == [stopped]
        assert uow.clocks.stop("lock-1", ["desk_acknowledge"], NOON + HOUR, "li") == []
        assert uow.clocks.running() == [slow]
        assert uow.clocks.of_incident("lock-1") == [stopped, slow]
