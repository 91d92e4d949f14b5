"""Recorded history: order, hindsight, and pointed errors."""

import gzip
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.recorded import BadRecordError, Sighting, Sorted, files_of, in_order, recorded
from wanglou.domain.item import Author, BoardPlace, DatedBy

NOON = datetime(2026, 3, 15, 4, tzinfo=UTC)


def title(**changes: Any) -> dict[str, Any]:
    usual = {
        "platform": "weibo-hot",
        "title": "安屿锁打不开",
        "url": "https://example.org/hot?q=1",
        "first_seen": "2026-03-15T12:00:00+08:00",
        "rank_first": 7,
    }
    return {**usual, **changes}


def mention(**changes: Any) -> dict[str, Any]:
    usual = {
        "source": "forum",
        "url": "https://example.org/t/1",
        "title": "锁又坏了",
        "text": "门外站了两小时",
        "author": "小林",
        "published_at": "2026-03-15T11:58:00+08:00",
        "fetched_at": "2026-03-15T12:00:00+08:00",
    }
    return {**usual, **changes}


def written(path: Path, lines: Iterable[dict[str, Any] | str]) -> Path:
    text = "".join((x if isinstance(x, str) else json.dumps(x)) + "\n" for x in lines)
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def only(path: Path) -> Sighting:
    [sighting] = recorded([path])
    return sighting


def test_a_title_is_seen_when_it_came_onto_the_list(tmp_path: Path) -> None:
    seen = only(written(tmp_path / "hot.jsonl.gz", [title()]))

    assert seen.visible_at == seen.item.published_at == NOON
    assert seen.item.source == "weibo-hot"
    assert seen.item.board == BoardPlace("weibo-hot", 7)
    assert seen.item.dated_by is DatedBy.PAGE


def test_hindsight_changes_nothing(tmp_path: Path) -> None:
    known_later = {
        "last_seen": "2026-03-16T12:00:00+08:00",
        "hours_on_list": 24,
        "rank_best": 1,
        "pinned": True,
        "obs": [[0, 7], [1, 1]],
    }

    assert only(written(tmp_path / "a.jsonl", [title(**known_later)])) == only(
        written(tmp_path / "b.jsonl", [title()])
    )


def test_the_pinned_slot_counts_as_the_first(tmp_path: Path) -> None:
    assert only(written(tmp_path / "a.jsonl", [title(rank_first=0)])).item.board == BoardPlace("weibo-hot", 1)


def test_a_mention_is_seen_when_it_was_fetched(tmp_path: Path) -> None:
    seen = only(written(tmp_path / "a.jsonl", [mention()]))

    assert seen.visible_at == NOON
    assert seen.item.published_at == NOON - timedelta(minutes=2)
    assert seen.item.author == Author("小林")


def test_a_mention_without_a_fetch_is_seen_when_published(tmp_path: Path) -> None:
    seen = only(written(tmp_path / "a.jsonl", [mention(fetched_at=None)]))

    assert seen.visible_at == seen.item.published_at


def test_an_undated_mention_stays_undated(tmp_path: Path) -> None:
    seen = only(written(tmp_path / "a.jsonl", [mention(published_at=None)]))

    assert seen.visible_at == NOON
    assert (seen.item.published_at, seen.item.dated_by) == (None, DatedBy.NONE)


def test_blank_lines_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(mention()).encode() + b"\r\n\n")

    assert only(path).item.source == "forum"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        (title(rank_first=None), "rank_first"),
        (title(rank_first=True), "rank_first"),
        (title(rank_first=10**30), "rank_first"),
        (title(title=" "), "no title"),
        (title(title="\ud800"), "no title"),
        (title(first_seen="0001-01-01T00:00:00+08:00"), "outside all calendars"),
        (title(first_seen=None), "first_seen"),
        (title(first_seen="yesterday"), "not a time"),
        (title(first_seen="2026-03-15T12:00:00"), "without an offset"),
        (mention(source=None), "no source"),
        (mention(title=None, text=""), "neither title nor text"),
        (mention(published_at=None, fetched_at=None), "neither fetched_at nor published_at"),
        (mention(text=["a"]), "not a text"),
    ],
)
def test_a_bad_line_is_named_by_file_and_line(tmp_path: Path, line: dict[str, Any] | str, found: str) -> None:
    path = written(tmp_path / "a.jsonl", [mention(), line])

    with pytest.raises(BadRecordError, match=found) as caught:
        list(recorded([path]))

    assert str(caught.value).startswith(f"{path}:2: ")


def test_half_a_character_is_dropped_and_the_mention_kept(tmp_path: Path) -> None:
    fields = ("source", "url", "title", "text", "author")
    odd = mention(**{name: f"{mention()[name]}\ud800\x00" for name in fields})

    assert only(written(tmp_path / "a.jsonl", [odd])) == only(written(tmp_path / "b.jsonl", [mention()]))


def test_lines_before_the_bad_one_are_handed_out(tmp_path: Path) -> None:
    history = recorded([written(tmp_path / "a.jsonl", [mention(), "{"])])

    assert next(history).item.source == "forum"
    with pytest.raises(BadRecordError):
        next(history)


def test_a_file_out_of_order_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", [mention(), mention(fetched_at="2026-03-15T11:59:00+08:00")])

    with pytest.raises(BadRecordError, match="sort by time"):
        list(recorded([path]))


@pytest.mark.parametrize("body", [gzip.compress(b"{}\n" * 99, mtime=0)[:-9], b"no archive", b""])
def test_a_damaged_archive_is_an_unreadable_record(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(body)

    if body:
        with pytest.raises(BadRecordError):
            list(recorded([path]))
    else:
        assert list(recorded([path])) == []


def test_a_missing_file_and_foreign_bytes_are_unreadable_records(tmp_path: Path) -> None:
    with pytest.raises(BadRecordError, match="cannot be read"):
        list(recorded([tmp_path / "none.jsonl"]))
    path = tmp_path / "a.jsonl"
    path.write_bytes("锁".encode("gb18030") + b"\n")
    with pytest.raises(BadRecordError, match="not UTF-8"):
        list(recorded([path]))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.integers(0, 10_000), max_size=12), min_size=1, max_size=4))
def test_files_are_merged_in_time_order(
    tmp_path_factory: pytest.TempPathFactory, minutes: list[list[int]]
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    paths = [
        written(folder / f"{i}.jsonl", [_at(minute) for minute in sorted(times)])
        for i, times in enumerate(minutes)
    ]

    moments = [s.visible_at for s in recorded(paths)]

    assert moments == sorted(NOON + timedelta(minutes=m) for times in minutes for m in times)


def _at(minute: int) -> dict[str, Any]:
    return mention(fetched_at=(NOON + timedelta(minutes=minute)).isoformat())


def test_a_file_is_read_as_it_is_needed(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl.gz", [_at(0), *["x" for _ in range(1000)]])
    history: Iterator[Sighting] = recorded([path])

    assert next(history).visible_at == NOON


# ---- history in any order


def sorted_into(folder: Path, *paths: Path) -> Sorted:
    (folder / "sorted").mkdir()
    return in_order(paths, folder / "sorted")


def test_lines_of_any_order_come_out_by_time_and_bad_ones_are_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", [_at(9), "{", _at(3), mention(source=None), _at(6)])
    found = sorted_into(tmp_path, path)

    assert [s.visible_at for s in recorded(found.files)] == [NOON + timedelta(minutes=m) for m in (3, 6, 9)]
    assert [(e.line, e.path) for e in found.refused] == [(2, path), (4, path)]
    assert list(found.sources) == ["forum"]


def test_a_history_longer_than_memory_is_sorted_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.recorded.SORTED_AT_ONCE", 3)
    minutes = [8, 1, 7, 2, 6, 3, 5, 4]
    found = sorted_into(tmp_path, written(tmp_path / "a.jsonl.gz", [_at(m) for m in minutes]))

    assert len(found.files) == 3
    assert [s.visible_at for s in recorded(found.files)] == [NOON + timedelta(minutes=m) for m in range(1, 9)]


def test_of_a_damaged_archive_what_stands_before_the_damage_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    lines = "".join(json.dumps(_at(minute)) + "\n" for minute in range(2000))
    path.write_bytes(gzip.compress(lines.encode())[:-20])
    found = sorted_into(tmp_path, path)

    assert [error.path for error in found.refused] == [path]
    assert len(list(recorded(found.files))) == found.refused[0].line - 1 > 0


def test_a_file_that_cannot_be_read_at_all_is_no_history(tmp_path: Path) -> None:
    with pytest.raises(BadRecordError, match="cannot be read"):
        sorted_into(tmp_path, tmp_path / "none.jsonl")


def test_what_could_be_seen_at_once_has_one_order_whatever_file_it_stands_in(tmp_path: Path) -> None:
    lines = [mention(url=f"https://example.org/{n}") for n in range(4)]
    one = written(tmp_path / "one.jsonl", lines)
    parts = [written(tmp_path / f"{n}.jsonl", [line]) for n, line in enumerate(reversed(lines))]

    assert list(recorded([one])) == list(recorded(parts))


def test_a_folder_stands_for_its_recordings(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl.gz", "notes.txt"):
        (tmp_path / name).touch()
    loose = tmp_path / "notes.txt"

    assert [p.name for p in files_of([tmp_path, loose])] == ["a.jsonl.gz", "b.jsonl", "notes.txt"]


def test_a_folder_without_recordings_says_what_to_put_there(tmp_path: Path) -> None:
    with pytest.raises(BadRecordError, match=r"holds no recording; put files \*\.jsonl"):
        files_of([tmp_path])
