"""Small things kept between rounds: sources, checkpoints, people, leases, facts."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

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
from wanglou.domain.source import SourceHealth, SourceState, Validators
from wanglou.ports import Checkpoint, Session, SignIn
from wanglou.storage import tables
from wanglou.storage.engine import SqlStorage
from wanglou.storage.reader import SqlDeskReader


def test_the_latest_word_on_a_source_replaces_the_one_before(storage: SqlStorage) -> None:
    first = SourceHealth("caijing", SourceState.UNKNOWN, NOON)
    last = replace(first, state=SourceState.LIVE, failures=2)
    with storage.begin() as uow:
        uow.sources.save_health(first)
        uow.sources.save_health(last)
        uow.sources.save_validators("caijing", [Validators("a", etag="1"), Validators("b")])
        uow.sources.save_validators("caijing", [Validators("a", etag="2")])
        uow.sources.save_validators("other", [])
        uow.sources.set_pending("caijing", ["one", "two"])
        uow.sources.set_pending("caijing", ["two"])
        assert uow.sources.health() == {"caijing": last}
        assert uow.sources.validators("caijing") == {"a": Validators("a", etag="2"), "b": Validators("b")}
        assert uow.sources.pending("caijing") == ["two"]
        assert uow.sources.validators("other") == {}
        assert uow.sources.pending("other") == []


def test_checkpoints_are_replaced_rewound_and_thinned_out(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        assert uow.detectors.latest("burst") is None
        for hour in range(4):
            uow.detectors.save(Checkpoint("burst", NOON + hour * HOUR, b"old"))
            uow.detectors.save(Checkpoint("burst", NOON + hour * HOUR, b"new"))
        uow.detectors.save(Checkpoint("silence", NOON, b"only"))
        uow.detectors.rewind(NOON + 2 * HOUR)
        newest = Checkpoint("burst", NOON + 2 * HOUR, b"new")
        assert uow.detectors.latest("burst") == newest
        only = Checkpoint("silence", NOON, b"only")
        assert uow.detectors.latest_of(["burst", "silence", "none"]) == {"burst": newest, "silence": only}
        uow.detectors.prune(NOON + DAY)
        rows = uow.connection.execute(tables.detector_checkpoint.select()).all()
        assert sorted((row.detector, row.state) for row in rows) == [("burst", b"new"), ("silence", b"only")]


def test_a_link_works_once_and_not_too_late(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        for nonce in ("one", "two", "three"):
            uow.sign_ins.add_link(nonce, "wang", NOON + HOUR)
        assert uow.sign_ins.link_owner("one", NOON) == "wang"
        assert uow.sign_ins.use_link("one", NOON) == "wang"
        assert uow.sign_ins.link_owner("one", NOON) is None
        assert uow.sign_ins.use_link("one", NOON) is None
        assert uow.sign_ins.use_link("two", NOON + HOUR) is None
        assert uow.sign_ins.use_link("unknown", NOON) is None
        assert uow.sign_ins.end_links_of("wang") == 2
        assert uow.sign_ins.use_link("three", NOON) is None


def test_sessions_end_by_time_by_hand_and_all_at_once(storage: SqlStorage) -> None:
    def session(token: str) -> Session:
        return Session(token, "wang", NOON, NOON, NOON + HOUR)

    with storage.begin() as uow:
        for token in ("one", "two", "three"):
            uow.sign_ins.start_session(session(token))
        uow.sign_ins.see_session("one", NOON + MINUTE)
        uow.sign_ins.see_session("gone", NOON + MINUTE)
        assert uow.sign_ins.session("one", NOON) == replace(session("one"), seen_at=NOON + MINUTE)
        assert uow.sign_ins.session("one", NOON + HOUR) is None
        assert uow.sign_ins.session("gone", NOON) is None
        uow.sign_ins.end_session("one")
        assert uow.sign_ins.session("one", NOON) is None
        assert uow.sign_ins.end_sessions_of("wang") == 2
        assert uow.sign_ins.session("two", NOON) is None


def test_a_right_to_sign_in_is_replaced_and_each_attempt_recorded(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        assert uow.sign_ins.of("wang") is None
        uow.sign_ins.save(SignIn("wang", "argon2", failures=4))
        uow.sign_ins.save(SignIn("wang", "argon2", failures=5, locked_until=NOON))
        assert uow.sign_ins.of("wang") == SignIn("wang", "argon2", 5, NOON)
        uow.sign_ins.record("wang", "refused", NOON, "127.0.0.1")
        uow.sign_ins.record("wang", "in", NOON, "127.0.0.1")
        rows = uow.connection.execute(tables.sign_in_record.select().order_by(tables.sign_in_record.c.id))
        assert [row.what for row in rows] == ["refused", "in"]


def test_a_lease_has_one_holder_until_it_runs_out_or_is_given_back(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        assert uow.leases.take("beat", "one", NOON, NOON + MINUTE)
        assert not uow.leases.take("beat", "two", NOON, NOON + MINUTE)
        assert uow.leases.take("beat", "one", NOON, NOON + 2 * MINUTE)
        assert not uow.leases.take("beat", "two", NOON + MINUTE, NOON + HOUR)
        assert uow.leases.take("beat", "two", NOON + 2 * MINUTE, NOON + HOUR)
        uow.leases.release("beat", "one")
        assert not uow.leases.take("beat", "one", NOON + 2 * MINUTE, NOON + HOUR)
        uow.leases.release("beat", "two")
        assert uow.leases.take("beat", "one", NOON + 2 * MINUTE, NOON + HOUR)
        assert uow.leases.take("other", "two", NOON, NOON + MINUTE)


def test_a_fact_is_replaced(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        assert uow.meta.get("config") is None
        uow.meta.set("config", "one")
        uow.meta.set("config", "two")
        assert uow.meta.get("config") == "two"


def test_nothing_to_store_is_no_fault(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        assert uow.items.keep([], NOON) == 0
        assert uow.mentions.add([]) == []
        assert uow.signals.add([]) == []
        assert uow.deliveries.enqueue([]) == 0
        assert uow.incidents.append([]) == []
        assert uow.clocks.stop("lock-1", [], NOON, "wang") == []
        assert uow.copies.known([]) == {}
        for nothing in (uow.volumes.add, uow.volumes.add_exposure, uow.clocks.start, uow.clocks.restart):
            nothing([])
        uow.copies.remember({}, NOON)
        uow.items.mark_read([], NOON)
        uow.signals.mark_judged([], None, None)


GROWING = {"item", "mention", "volume", "volume_hour", "signal", "delivery", "change", "item_version"}


@pytest.fixture
def asked(sqlite_storage: SqlStorage) -> list[tuple[str, Any]]:
    """Every statement that is run from here on, with its values."""
    found: list[tuple[str, Any]] = []

    @event.listens_for(sqlite_storage.writer, "before_cursor_execute")
    def note(_c: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        found.append((statement, values))

    return found


def test_what_runs_each_tick_or_page_walks_an_index_never_a_growing_table(
    sqlite_storage: SqlStorage, asked: list[tuple[str, Any]]
) -> None:
    item = an_item()
    with sqlite_storage.begin() as uow:
        uow.items.keep([item], NOON)
        uow.mentions.add([a_mention(item)])
        uow.incidents.add(an_incident())
        uow.incidents.add_evidence("lock-1", [("lock", "安屿", item.key)])
        uow.deliveries.enqueue([a_delivery()])
        uow.commit()
        uow.items.mark_read(uow.items.unread(100), NOON)
        uow.mentions.of_brand(ALL, "lock", "安屿", TODAY)
        uow.volumes.between(TODAY)
        uow.volumes.totals("lock", "安屿", TODAY)
        uow.signals.unjudged()
        uow.signals.recent("lock", "安屿", NOON)
        uow.signals.mark_judged(["key"], None, None)
        uow.incidents.all_open()
        uow.plans.unplanned()
        uow.plans.followed()
        uow.plans.untold()
        uow.clocks.running()
        uow.deliveries.supersede_updates("lock-1", NOON)
        (delivery,) = uow.deliveries.claim("one", NOON, HOUR, 10)
        uow.deliveries.settle(delivery)
        uow.changes.after(0)
    reader = SqlDeskReader(sqlite_storage)
    reader.board(ALL, ["lock"], NOON)
    reader.incident(ALL, "lock-1", NOON)
    reader.changes(ALL, 0)
    plans = [row for statement in asked.copy() for row in explained(sqlite_storage, *statement)]
    assert len(plans) > 30
    scans = {table for table in GROWING for plan in plans if plan == f"SCAN {table}"}
    assert scans == set()


def explained(storage: SqlStorage, statement: str, values: Any) -> list[str]:
    if not statement.startswith(("SELECT", "UPDATE", "DELETE")) or isinstance(values, list):
        return []
    with storage.writer.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        return [row[3] for row in cursor.fetchall()]
