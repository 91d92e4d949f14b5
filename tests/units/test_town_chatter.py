import json
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.source import Page
from crawlers.sources import drop_folder
from crawlers.sources.drop_folder import JSON_LINES
from desk.rehearsal.chatter import (
    CLIENTS,
    SPAN,
    Chat,
    chatter,
    competitors_chatter,
    likeness,
    write_chatter,
)
from wanglou.domain.item import Item
from wanglou.domain.source import SourceClass, SourceSpec

UNTIL = datetime(2026, 11, 21, 6, 30, 17, tzinfo=UTC)
NAMES = {"lock": ("安屿", "AnyuLock"), "tea": ("汀岫",), "home": ("暖榆",)}


@pytest.fixture(scope="module")
def talk() -> list[Chat]:
    return chatter(UNTIL)


def runs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 3] for i in range(len(text) - 2))


def test_the_same_seed_and_end_give_the_same_talk(talk: list[Chat]) -> None:
    assert chatter(UNTIL) == talk
    assert [c.text for c in chatter(UNTIL, seed=2)][:50] != [c.text for c in talk][:50]


def test_all_of_it_lies_in_the_two_weeks_before_the_end(talk: list[Chat]) -> None:
    assert all(UNTIL - SPAN <= c.published_at < UNTIL for c in talk)
    assert 2500 <= len(talk) <= 5000
    assert max(c.published_at for c in talk) > UNTIL - timedelta(hours=2)


def test_every_client_is_spoken_of_a_few_times_an_hour_and_never_much_more(talk: list[Chat]) -> None:
    hours = Counter((c.client, f"{c.published_at:%d %H}") for c in talk)
    for client in CLIENTS:
        counts = [n for (who, _), n in hours.items() if who == client]
        assert 2 <= sum(counts) / (14 * 24) <= 5
        assert max(counts) <= 16


def test_nights_are_quiet_and_evenings_loud(talk: list[Chat]) -> None:
    by_hour = Counter(c.published_at.hour for c in talk)
    assert by_hour[20] > 4 * by_hour[3]


def test_every_text_names_its_client_and_no_other(talk: list[Chat]) -> None:
    for chat in talk:
        words = chat.title + chat.text
        named = {client for client, names in NAMES.items() if any(n in words for n in names)}
        assert named == {chat.client}
        assert not set("{}|@") & set(words)


def test_competitors_are_spoken_of_too_and_never_by_a_clients_name() -> None:
    rivals = competitors_chatter(UNTIL)
    assert 900 <= len(rivals) <= 1_600
    assert {c.client for c in rivals} == {"lock", "tea", "home"}
    for chat in rivals:
        words = chat.title + chat.text
        assert {"lock": "陌川", "tea": "漪禾", "home": "焙屿"}[chat.client] in words
        assert not any(name in words for names in NAMES.values() for name in names)


def test_few_texts_resemble_another(talk: list[Chat]) -> None:
    posts = defaultdict(list)
    for chat in talk:
        if chat.place is not SourceClass.NEWS:
            posts[chat.client].append(runs(chat.text))
    for texts in (said[:500] for said in posts.values()):
        near = sum(any(likeness(t, u) > 0.7 for u in texts[:i]) for i, t in enumerate(texts))
        assert near / len(texts) < 0.05


def test_files_are_whole_and_read_as_what_was_said(tmp_path: Path, talk: list[Chat]) -> None:
    everything = [*talk, *competitors_chatter(UNTIL)]
    assert write_chatter(tmp_path, UNTIL) == len(everything)
    assert {p.name for p in tmp_path.iterdir()} == {"social", "forum", "news"}
    assert {p.suffix for p in tmp_path.rglob("*.*")} == {".jsonl"}
    lines = [line for p in tmp_path.rglob("*.jsonl") for line in p.read_text(encoding="utf-8").splitlines()]
    assert sorted(lines) == sorted(c.line for c in everything)
    assert set(json.loads(lines[0])) == {"url", "title", "text", "author", "published_at"}


def test_the_drop_folder_takes_every_line(tmp_path: Path, talk: list[Chat]) -> None:
    write_chatter(tmp_path, UNTIL)
    spec = SourceSpec(
        id="history",
        name="往日",
        kind="drop_folder",
        url="file:history/social/",
        source_class=SourceClass.SOCIAL,
        every=timedelta(seconds=5),
        silent_after=timedelta(days=1),
        reach=1,
    )
    source = drop_folder.plugin(spec)
    items = []
    for path in (tmp_path / "social").iterdir():
        page = Page(path.as_uri(), path.read_bytes(), {"content-type": JSON_LINES}, UNTIL)
        items += [found for found in source.read(page) if isinstance(found, Item)]
    said = {c.url: c for c in (*talk, *competitors_chatter(UNTIL)) if c.place is SourceClass.SOCIAL}
    assert len(items) == len({i.key for i in items}) == len(said)
    assert all(said[i.url].published_at == i.published_at and said[i.url].text == i.text for i in items)
