"""The search index on both databases: rows that fit, newest first, and nothing left of what is gone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from analysis.search import grams, parse
from tests.units.storage.examples import ALL, DAY, NOON, TODAY, a_mention, an_item
from wanglou.domain.item import Item
from wanglou.domain.mention import Mention
from wanglou.ports import MentionFilter
from wanglou.storage import search_index
from wanglou.storage.engine import SqlStorage
from wanglou.storage.mention_list import WAITING, SqlMentionReader
from wanglou.storage.said import UNSEARCHABLE
from wanglou.storage.search_index import Sought, first_number, numbers_of

EVER = 1 << 62


def stored(storage: SqlStorage, *texts: str, client: str = "lock", first: int = 1) -> list[Mention]:
    items = [
        replace(an_item(n, t), published_at=NOON - timedelta(minutes=n))
        for n, t in enumerate(texts, start=first)
    ]
    mentions = [a_mention(item, client=client) for item in items]
    with storage.begin() as uow:
        uow.items.keep(items, NOON)
        uow.mentions.add(mentions)
        uow.commit()
    return mentions


def indexed(storage: SqlStorage) -> int:
    with storage.begin() as uow:
        waiting = uow.mentions.unsearchable(1000)
        uow.mentions.make_searchable([(said, grams(said.text)) for said in waiting])
        uow.commit()
    return len(waiting)


def found(storage: SqlStorage, words: str, *clients: str, least: int = 0, limit: int = 50) -> list[int]:
    query = parse(words)
    with storage.look() as uow:
        return numbers_of(
            uow.connection, Sought(query.grams, query.beginnings, clients or ("lock",)), least, EVER, limit
        )


def rows_of_index(storage: SqlStorage) -> int:
    with storage.look() as uow:
        return int(uow.connection.execute(text("SELECT count(*) FROM mention_search")).scalar_one())


def test_two_characters_and_one_find_a_mention_newest_first(storage: SqlStorage) -> None:
    stored(storage, "我要投诉", "投诉无门", "好用")
    assert indexed(storage) == 3
    assert indexed(storage) == 0
    newest, older = found(storage, "投诉")
    assert newest > older
    assert found(storage, "门") == [older]
    assert found(storage, "投诉 门") == [older]
    assert found(storage, "退款") == []


def test_only_clients_asked_for_are_found(storage: SqlStorage) -> None:
    stored(storage, "投诉", client="lock")
    stored(storage, "投诉", client="tea-house", first=2)
    indexed(storage)
    assert len(found(storage, "投诉", "lock", "tea-house")) == 2
    assert len(found(storage, "投诉", "tea-house")) == 1
    assert found(storage, "投诉", "tea") == []
    assert found(storage, "投诉", "house") == []


def test_a_limit_and_a_time_cut_the_answer(storage: SqlStorage) -> None:
    stored(storage, *["投诉"] * 5)
    indexed(storage)
    assert len(found(storage, "投诉", limit=2)) == 2
    assert len(found(storage, "投诉", least=first_number(NOON - timedelta(minutes=3)))) == 3


def test_mentions_of_one_second_all_have_a_number(storage: SqlStorage) -> None:
    items = [replace(an_item(n, "投诉"), published_at=NOON) for n in range(40)]
    with storage.begin() as uow:
        uow.items.keep(items, NOON)
        uow.mentions.add([a_mention(item) for item in items])
        uow.commit()
    indexed(storage)
    assert len(set(found(storage, "投诉"))) == 40


@pytest.mark.parametrize("pieces", [1, 2, 6])
def test_numbers_that_fall_on_each_other_lie_beside_each_other(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch, pieces: int
) -> None:
    first = first_number(NOON)
    monkeypatch.setattr(search_index, "_number", lambda m: first + (m.item_key > "8"))
    stored(storage, *(f"投诉第{n}次" for n in "一二三四五六"))
    with storage.begin() as uow:
        waiting = [(said, grams(said.text)) for said in uow.mentions.unsearchable(9)]
        for piece in range(pieces):
            uow.mentions.make_searchable(waiting[piece::pieces])
        uow.mentions.make_searchable([])
        uow.commit()
    assert set(found(storage, "投诉")) == {first + n for n in range(6)}
    assert len(found(storage, "第三次")) == 1

    with storage.begin() as uow:  # put in anew, in another order: each keeps a number of its own
        uow.mentions.make_searchable([*reversed(waiting)])
        uow.commit()
    assert len(set(found(storage, "投诉"))) == rows_of_index(storage) == 6
    assert len(found(storage, "第三次")) == 1


def test_a_new_version_is_found_by_its_own_words_alone(storage: SqlStorage) -> None:
    [mention] = stored(storage, "我要投诉")
    indexed(storage)
    changed: Item = replace(an_item(1, "已经解决"), published_at=mention.published_at)
    with storage.begin() as uow:
        uow.items.keep([changed], NOON + DAY)
        uow.mentions.add([replace(mention, version=2)])
        uow.commit()
    assert indexed(storage) == 1
    assert found(storage, "投诉") == []
    assert len(found(storage, "解决")) == 1
    assert rows_of_index(storage) == 1


def test_what_expired_is_not_in_the_index_any_more(storage: SqlStorage) -> None:
    stored(storage, "投诉", "投诉")
    indexed(storage)
    with storage.begin() as uow:
        assert uow.mentions.expire("lock", NOON + DAY, 10) == 2
        uow.commit()
    assert found(storage, "投诉") == []
    assert rows_of_index(storage) == 0


def test_words_that_look_like_a_condition_are_words(storage: SqlStorage) -> None:
    stored(storage, "投诉")
    indexed(storage)
    for words in ('投诉" OR "锁', "投诉 * AND NOT 锁", "NEAR(投诉 锁)", "投诉:*锁"):
        assert found(storage, words) == []
    assert len(found(storage, "投诉') --")) == 1


def test_a_void_mention_is_none_of_the_brands_any_more(storage: SqlStorage) -> None:
    [mention] = stored(storage, "投诉")
    with storage.begin() as uow:
        [kept] = uow.mentions.with_copies(ALL, "lock", "安屿", mention.item_key)
        uow.mentions.correct([replace(kept, void=True)])
        uow.commit()
    with storage.begin() as uow:
        assert uow.mentions.of_brand(ALL, "lock", "安屿", TODAY) == []
        assert uow.volumes.totals("lock", "安屿", TODAY).mentions == 0
        uow.mentions.add([mention])  # read again: a person's word stays
        uow.commit()
    with storage.look() as uow:
        assert uow.mentions.of_brand(ALL, "lock", "安屿", TODAY) == []


def test_what_waits_for_the_index_is_found_without_a_walk_over_all_mentions(
    sqlite_storage: SqlStorage,
) -> None:
    """The worker asks every second, with a million mentions stored."""
    for statement in (UNSEARCHABLE, WAITING):
        words = str(statement.compile(sqlite_storage.writer, compile_kwargs={"render_postcompile": True}))
        with sqlite_storage.look() as uow:
            plan = uow.connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {words}", (1,) * words.count("?")
            ).all()
        assert any("ix_mention_unsearchable" in str(step) for step in plan)


def test_a_search_reads_the_rows_it_found_and_no_others(sqlite_storage: SqlStorage) -> None:
    """A client's own index, over all it ever had, would be a hundred times slower."""
    stored(sqlite_storage, "我要投诉", "投诉无门")
    indexed(sqlite_storage)
    asked: list[tuple[str, object]] = []

    @event.listens_for(sqlite_storage.reader, "before_cursor_execute")
    def note(*told: Any) -> None:
        asked.append((told[2], told[3]))

    reader = SqlMentionReader(sqlite_storage)
    found = reader.find(ALL, MentionFilter(("lock", "tea"), TODAY), parse("投诉"), "", NOON)
    assert len(found.stories) == 1  # one story, copied: the examples share a group
    [(words, values)] = [(w, v) for w, v in asked if "search_id IN" in w]
    with sqlite_storage.look() as uow:
        plan = str(uow.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values).all())  # type: ignore[arg-type]  # as they were sent
    assert "ix_mention_search_id" in plan
    assert "ix_mention_client" not in plan
