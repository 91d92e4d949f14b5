"""Persons and clients taken out of the rows: nothing of them is left, nothing of others is touched."""

import json
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from string import Formatter
from typing import Any

import pytest
from sqlalchemy import Text, TypeDecorator, select

from desk.acts import Acts
from desk.entrance import Entered, Entrance
from tests.pages_sample import NOW, QUICK_HASHER
from tests.two_clients import ALL, OURS, SECRET, THEIRS, config, fill
from wanglou.domain.delivery import DeliveryState
from wanglou.domain.erasure import ERASED, ERASED_PERSON, LEFT_CLIENT
from wanglou.domain.incident import ChainedEntry, TimelineEntry, Via, first_broken
from wanglou.domain.item import Author as Writer
from wanglou.domain.item import Item
from wanglou.domain.reason import Reason, Value
from wanglou.ports import UnitOfWork
from wanglou.storage import authors, data_map, leaving, tables, users
from wanglou.storage.authors import Author
from wanglou.storage.column_types import Json, PageText
from wanglou.storage.engine import SqlStorage
from wanglou.storage.leaving import Leaving, OpenIncidentsError
from wanglou.storage.reader import SqlDeskReader
from wanglou.storage.redacting import CODED, Words, muted
from wanglou.storage.timelines import tampered
from wanglou.storage.unit_of_work import SqlUnitOfWork
from wanglou.storage.users import User
from wanglou.wording import VOCABULARIES, catalogue, say

SETTINGS = config()
WRITER = f"{SECRET[OURS]}作者"

PLAIN = {
    "item": {"key", "source", "digest", "dated_by", "board", "group_id"},
    "erased_item": {"key"},
    "item_version": {"item_key", "digest"},
    "item_engagement": {"item_key"},
    "item_place": {"item_key", "board"},
    "copy_fingerprint": {"fingerprint", "group_id"},
    "correction": {"client", "brand", "group_id", "item_key", "kind", "before", "after"},
    "volume": {"client", "brand", "source_class"},
    "volume_hour": {"client", "brand"},
    "observed": {"client", "brand"},
    "competitor_mention": {"client", "competitor", "item_key"},
    "competitor_hour": {"client", "competitor"},
    "exposure": {"source_class"},
    "source_health": {"source", "state", "trouble_code", "trouble_facts"},
    "source_validator": {"source", "url", "etag", "last_modified", "digest"},
    "source_pending": {"source", "url"},
    "detector_checkpoint": {"detector"},
    "incident": {
        "id", "client", "brand", "topic", "severity", "state", "open_key", "because_code", "record_hash",
    },
    "signal": {
        "key", "kind", "client", "brand", "source_class", "polarity", "because_code", "incident",
        "suppressed_code",
    },
    "timeline": {"incident", "via", "kind", "prev_hash", "hash"},
    "incident_mention": {"incident", "client", "brand", "item_key"},
    "plan": {"incident", "book", "book_title", "book_digest"},
    "step": {"incident", "id", "role", "needs", "after", "state"},
    "clock": {"incident", "name"},
    "delivery": {
        "id", "incident", "client", "change", "channel", "kind", "saying_code", "state", "lease_holder",
        "provider_id", "trouble_code",
    },
    "change": {"client", "kind", "subject"},
    "lease": {"name", "holder"},
    "meta": {"key", "value"},
}  # fmt: skip
"""Columns of text that name no person: ids, codes, words of books and of config."""


@pytest.fixture
def filled(storage: SqlStorage) -> SqlStorage:
    fill(storage, SETTINGS)
    return storage


def cells(storage: SqlStorage) -> Iterator[tuple[str, str, str]]:
    """(table, column, text) of everything stored."""
    with storage.look() as uow:
        for name, table in tables.metadata.tables.items():
            for row in uow.connection.execute(select(table)).mappings():
                for column, value in row.items():
                    if value is not None and not isinstance(value, bytes):
                        yield name, column, json.dumps(value, ensure_ascii=False, default=str)


def where(storage: SqlStorage, word: str) -> set[tuple[str, str]]:
    return {(table, column) for table, column, text in cells(storage) if word in text}


def rows_of(storage: SqlStorage, client: str) -> dict[str, list[str]]:
    """All that is a client's, as the archive has it."""
    found: dict[str, list[str]] = {}
    with storage.look() as uow:
        for table, row in leaving.data_of(uow.connection, client):
            found.setdefault(table, []).append(str(row))
    return found


def incident_of(uow: UnitOfWork, client: str) -> str:
    return next(i.id for i in uow.incidents.all_open() if i.client == client)


def noted(storage: SqlStorage, client: str, text: str) -> str:
    """Somebody writes ``text`` into the record of the client's open incident."""
    with storage.look() as uow:
        incident = incident_of(uow, client)
    acts = Acts(storage, SETTINGS, frozenset({"inbox"}))
    assert acts.note(ALL, incident, text, f"form-{sha256(text.encode()).hexdigest()}", Via.DESK, NOW) is None
    return incident


def record(storage: SqlStorage, incident: str) -> list[ChainedEntry]:
    with storage.look() as uow:
        return uow.incidents.timeline(incident)


def all_whole(storage: SqlStorage) -> bool:
    with storage.look() as uow:
        return tampered(uow.connection) == []


def test_every_column_of_text_says_whether_a_person_can_stand_in_it() -> None:
    personal = {*data_map.USERS, *data_map.WORDS, *data_map.RECORD}
    whole = {table.name for table in (*data_map.POSTS, *data_map.ENTRANCE)}
    for name, table in tables.metadata.tables.items():
        texts = {c.name for c in table.c if isinstance(c.type, Text | Json | PageText)}
        told = {c.name for c in personal if c.table is table}
        assert texts - told - PLAIN.get(name, set()) == set() or name in whole, (
            f"say in wanglou/storage/data_map.py whose data {name} holds"
        )
        assert not told & PLAIN.get(name, set())
    assert issubclass(Json, TypeDecorator)


def test_every_table_says_how_it_goes_when_a_client_leaves() -> None:
    going = {*leaving.GOES_WITH_CLIENT, *leaving.GOES_WITH_INCIDENT, *leaving.STAYS, tables.mention}
    there = {t for t in tables.metadata.sorted_tables if "client" in t.c or "incident" in t.c}
    assert {t.name for t in there} == {t.name for t in going}


def test_what_is_left_of_a_record_can_still_be_said() -> None:
    """Blanks that a sentence fills by code or by time are never words, or the page would show a bare code."""
    coded = {
        name
        for sentences in catalogue().values()
        for _, name, how, _ in Formatter().parse(sentences["zh"])
        if name and how in VOCABULARIES
    }
    assert coded <= CODED
    facts: dict[str, Value] = {
        "why": "awaiting_client", "until": NOW.isoformat(), "who": "wang", "text": "duplicate", "n": 3,
        "severity": "red", "topic": "老王的店",
    }  # fmt: skip
    left = {**facts, "who": ERASED, "text": ERASED, "topic": ERASED}
    assert muted(facts) == left
    assert Words.of(["red", "await"]).gone_from(facts) == facts


class TestAuthors:
    def test_all_that_is_stored_of_an_author_is_shown(self, filled: SqlStorage) -> None:
        noted(filled, OURS, f"引述 {SECRET[OURS]}标题0")
        with filled.look() as uow:
            found = list(authors.data_of(uow.connection, Author(names=frozenset({WRITER}))))
        shown = {table for table, _ in found}
        assert shown >= {"item", "item_version", "item_engagement", "mention", "incident_mention", "timeline"}
        assert len([row for table, row in found if table == "item"]) == 3
        assert SECRET[THEIRS] not in str(found)

    @pytest.mark.parametrize(
        "author",
        [
            Author(names=frozenset({WRITER})),
            Author(ids=frozenset({f"author-of-{OURS}"}), source="s1"),
            Author(urls=frozenset(f"https://s1.example/{OURS}/{n}" for n in range(3))),
        ],
    )
    def test_nothing_is_left_of_an_author_and_nothing_of_others_is_touched(
        self, filled: SqlStorage, author: Author
    ) -> None:
        incident = noted(filled, OURS, f"{WRITER}说：{SECRET[OURS]}标题0")
        others = rows_of(filled, THEIRS)
        done = authors.erase(filled, author, NOW)
        assert (done["item"], done["mention"], done["timeline"]) == (3, 3, 1)
        for word in (WRITER, f"{SECRET[OURS]}标题", f"{SECRET[OURS]}正文", f"https://s1.example/{OURS}"):
            assert where(filled, word) == set()
        assert any(
            link.entry.facts.get("text") == f"{ERASED}说：{ERASED}" for link in record(filled, incident)
        )
        assert all_whole(filled)
        assert rows_of(filled, THEIRS) == others
        assert where(filled, OURS) >= {("volume", "client"), ("volume_hour", "client")}

    def test_what_was_erased_does_not_come_back(self, filled: SqlStorage) -> None:
        with filled.look() as uow:
            posts = [kept.item for kept in uow.items.unread(50) if kept.item.author == _writer(kept.item)]
        mine = [item for item in posts if item.author and item.author.name == WRITER]
        assert len(mine) == 3
        authors.erase(filled, Author(names=frozenset({WRITER})), NOW)
        other = replace(mine[0], platform_id="another-post", url="https://s1.example/new")
        with filled.begin() as uow:
            again = [*mine, *(replace(item, text=f"{item.text}改") for item in mine), other]
            assert uow.items.keep(again, NOW) == 1
            uow.commit()
        assert where(filled, f"{SECRET[OURS]}标题1") == set()

    def test_a_short_name_is_taken_out_only_where_the_posts_were_evidence(self, filled: SqlStorage) -> None:
        with filled.begin() as uow:
            uow.connection.execute(
                tables.item.update().where(tables.item.c.author_name == WRITER).values(author_name="老王")
            )
            uow.commit()
        near, far = noted(filled, OURS, "老王发的"), noted(filled, THEIRS, "隔壁老王来电")
        authors.erase(filled, Author(names=frozenset({"老王"})), NOW)
        assert "老王" not in str(record(filled, near))
        assert "老王" in str(record(filled, far))

    def test_erasing_twice_or_a_stranger_changes_nothing(self, filled: SqlStorage) -> None:
        author = Author(names=frozenset({WRITER}))
        authors.erase(filled, author, NOW)
        before = list(cells(filled))
        assert not authors.erase(filled, author, NOW)
        assert not authors.erase(filled, Author(names=frozenset({"无此人"})), NOW)
        assert list(cells(filled)) == before

    def test_a_name_with_the_marks_of_json_and_of_patterns_is_found(self, filled: SqlStorage) -> None:
        name = '50%_off "老\\板"'
        with filled.begin() as uow:
            item = Item("s1", "https://s1.example/x", "题目题目", "正文正文", Writer(name), NOW)
            uow.items.keep([item], NOW)
            uow.commit()
        incident = noted(filled, OURS, f"他自称{name}。")
        authors.erase(filled, Author(names=frozenset({name})), NOW)
        assert record(filled, incident)[-2].entry.facts["text"] == f"他自称{ERASED}。"


def _writer(item: Item) -> Writer | None:
    return item.author


class TestUsers:
    @pytest.fixture
    def came(self, filled: SqlStorage) -> SqlStorage:
        """Who leaves has been here: a session, a link never used, a message waiting."""
        entrance = Entrance(filled, SETTINGS.agency.people, QUICK_HASHER)
        nonce = entrance.make_link("wang", NOW).removeprefix("/link/")
        assert isinstance(entrance.use_link(nonce, "192.0.2.7", NOW), Entered)
        entrance.make_link("wang", NOW)
        entrance.set_password("wang", "a long enough password", NOW)
        with filled.begin() as uow:
            incident = incident_of(uow, OURS)
            dead = next(d for d in uow.deliveries.of_incident(incident) if d.state is DeliveryState.DEAD)
            waiting = replace(
                dead, id="waiting", recipient="wang", channel="slack:U0000WANG", state=DeliveryState.PENDING
            )
            uow.deliveries.enqueue([waiting, replace(waiting, id="other", channel="slack:U0000OLD")])
            uow.commit()
        return filled

    def test_all_that_is_stored_of_a_user_is_shown_without_keys_to_the_house(self, came: SqlStorage) -> None:
        with came.look() as uow:
            found = list(users.data_of(uow.connection, User("wang")))
        shown = {table for table, _ in found}
        assert shown >= {"sign_in", "link", "sign_in_record", "incident", "step", "delivery", "timeline"}
        assert not any(
            name.endswith("_hash")
            for table, row in found
            if table != "timeline"
            for name in row
            if name != "record_hash"
        )
        assert "chen" not in {row.get("actor") for _, row in found}

    def test_nothing_leads_back_to_a_user_and_the_record_stays_whole(self, came: SqlStorage) -> None:
        incident = noted(came, THEIRS, "王敏代接的电话")
        before = {link.seq: link.hash for link in record(came, incident)}
        pseudonym, done = users.erase(came, User("wang", frozenset({"王敏"})), NOW)
        assert pseudonym.startswith(ERASED_PERSON)
        assert where(came, "王敏") == set()
        assert {(t, c) for t, c, text in cells(came) if text == '"wang"'} == set()
        assert where(came, "U0000WANG") == where(came, "192.0.2.7") == set()
        assert {t for t, _ in where(came, pseudonym)} >= {"timeline", "incident", "step", "delivery"}
        assert all_whole(came)
        assert done["session"] == 0  # the new password had ended it
        assert {k: v for k, v in before.items() if record(came, incident)[k - 1].hash != v} == {}

    def test_no_message_to_them_goes_out_any_more(self, came: SqlStorage) -> None:
        users.erase(came, User("wang"), NOW)
        with came.look() as uow:
            states = {d.id: d.state for d in uow.deliveries.of_incident(incident_of(uow, OURS))}
        assert states["waiting"] is states["other"] is DeliveryState.SUPERSEDED

    def test_two_users_are_erased_one_after_the_other(self, came: SqlStorage) -> None:
        noted(came, OURS, "王敏与陈可通话")
        users.erase(came, User("wang", frozenset({"王敏"})), NOW)
        users.erase(came, User("chen", frozenset({"陈可"})), NOW)
        assert where(came, "王敏") | where(came, "陈可") == set()
        assert all_whole(came)


class TestLeaving:
    def test_a_client_leaves_completely_and_takes_nothing_of_another_along(self, filled: SqlStorage) -> None:
        ours, incident = rows_of(filled, OURS), noted(filled, THEIRS, "店长来电")
        hashes = [link.hash for link in record(filled, incident)]
        leaving.leave(filled, Leaving(THEIRS, NOW, close=True))
        for word in (THEIRS, SECRET[THEIRS], "禾木里", "店长来电"):
            assert where(filled, word) == set(), word
        assert rows_of(filled, THEIRS) == {}
        assert rows_of(filled, OURS) == ours
        assert all_whole(filled)
        assert [link.hash for link in record(filled, incident)][: len(hashes)] == hashes

    def test_the_record_still_says_what_was_done_when_and_by_whom(self, filled: SqlStorage) -> None:
        with filled.look() as uow:
            incident = incident_of(uow, THEIRS)
        before = [(e.entry.at, e.entry.actor, e.entry.kind) for e in record(filled, incident)]
        leaving.leave(filled, Leaving(THEIRS, NOW, close=True))
        after = [(e.entry.at, e.entry.actor, e.entry.kind) for e in record(filled, incident)]
        assert after[: len(before)] == before
        assert [kind for _, _, kind in after[len(before) :]] == [leaving.LEFT, "record_redacted"]
        view = SqlDeskReader(filled).incident(ALL, incident, NOW)
        assert view is not None
        assert view.incident.client.startswith(LEFT_CLIENT)
        assert not view.incident.state.is_open
        for link in view.timeline:
            assert all(say(Reason(link.entry.kind, link.entry.facts), one) for one in ("zh", "en"))
        assert say(view.incident.because)

    def test_an_open_incident_keeps_a_client_here(self, filled: SqlStorage) -> None:
        before = list(cells(filled))
        with pytest.raises(OpenIncidentsError, match="#1"):
            leaving.leave(filled, Leaving(THEIRS, NOW))
        assert list(cells(filled)) == before

    def test_a_stop_at_any_moment_is_mended_by_running_it_again(
        self, filled: SqlStorage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ours, commit, left = rows_of(filled, OURS), SqlUnitOfWork.commit, 0
        monkeypatch.setattr(leaving, "AT_ONCE", 1)

        def dies(uow: SqlUnitOfWork) -> None:
            nonlocal left
            if left == 0:
                raise KeyboardInterrupt
            left -= 1
            commit(uow)

        for committed in range(4):
            left = committed
            monkeypatch.setattr(SqlUnitOfWork, "commit", dies)
            with pytest.raises(KeyboardInterrupt):
                leaving.leave(filled, Leaving(THEIRS, NOW, close=True))
            assert all_whole(filled)
        monkeypatch.setattr(SqlUnitOfWork, "commit", commit)
        leaving.leave(filled, Leaving(THEIRS, NOW, close=True))
        assert rows_of(filled, THEIRS) == {}
        assert where(filled, SECRET[THEIRS]) == set()
        assert rows_of(filled, OURS) == ours
        assert not +leaving.leave(filled, Leaving(THEIRS, NOW, close=True))

    def test_what_is_handed_over_proves_itself(self, filled: SqlStorage) -> None:
        with filled.look() as uow:
            rows = list(leaving.data_of(uow.connection, THEIRS))
        records: dict[str, list[ChainedEntry]] = {}
        for table, row in rows:
            if table == "timeline":
                records.setdefault(row["incident"], []).append(_entry(row))
        assert len(records) == 3
        assert all(first_broken(one) is None for one in records.values())
        assert SECRET[OURS] not in str(rows)

    def test_a_client_with_rows_is_known_until_it_has_left(self, filled: SqlStorage) -> None:
        with filled.look() as uow:
            assert leaving.known_clients(uow.connection) == {OURS, THEIRS}
        leaving.leave(filled, Leaving(THEIRS, NOW, close=True))
        with filled.look() as uow:
            assert leaving.known_clients(uow.connection) == {OURS}


def _entry(row: Any) -> ChainedEntry:
    entry = TimelineEntry(
        row["incident"], row["at"], row["actor"], Via(row["via"]), row["kind"], row["facts"]
    )
    return ChainedEntry(entry, row["seq"], row["prev_hash"], row["hash"])
