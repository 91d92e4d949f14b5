"""Drop folders on a real disk: pages, putting away, and what is never touched."""

import json
import os
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.crawl import crawl_once
from crawlers.folder import finish, read_folder
from crawlers.rounds import CrawlSettings, Outcome, Round, RoundRequest
from crawlers.source import Follow, Page, Source
from crawlers.sources.drop_folder import PLUGIN
from wanglou.domain.item import Item
from wanglou.domain.source import SourceClass, SourceSpec
from wanglou.wording import LANGUAGES, say


@dataclass
class Clock:
    at: datetime = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


@dataclass
class Folder:
    path: Path
    settings: CrawlSettings

    @property
    def request(self) -> RoundRequest:
        day = timedelta(days=1)
        url = self.path.as_uri() + "/"
        spec = SourceSpec("drop", "补录", "drop_folder", url, SourceClass.SOCIAL, day, day, 1)
        return RoundRequest(spec, PLUGIN(spec))

    def gets(self, name: str, body: str | bytes) -> Path:
        """Put a file in as if its owner had finished it an hour ago."""
        path = self.path / name
        path.write_bytes(body if isinstance(body, bytes) else body.encode())
        hour_ago = Clock().at.timestamp() - 3600
        os.utime(path, (hour_ago, hour_ago))
        return path

    def read(self) -> list[Round]:
        return list(read_folder(self.request, self.settings, Clock()))

    def read_and_finish(self) -> list[str]:
        """A whole round as the worker does it; returns the titles that would be stored."""
        titles = []
        for part in self.read():
            titles += [item.title for item in part.items]
            assert finish(part.finished) == []
        return titles

    def holds(self) -> list[str]:
        found = (p.relative_to(self.path) for p in self.path.rglob("*") if p.is_file())
        return sorted(str(p) for p in found)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    home = tmp_path / "drop box"
    home.mkdir()
    return Folder(home, CrawlSettings(folders_under=tmp_path, folder_page_bytes=200))


def lines(*titles: str) -> str:
    return "".join(json.dumps({"title": title}, ensure_ascii=False) + "\n" for title in titles)


def test_a_file_is_read_in_parts_of_whole_lines_and_put_away_after_the_last(folder: Folder) -> None:
    names = [f"第{n}条" for n in range(40)]
    folder.gets("a.jsonl", lines(*names))
    *parts, end = folder.read()
    assert [i.title for p in parts for i in p.items] == names
    assert len(parts) > 3
    assert [bool(p.finished) for p in parts] == [False] * (len(parts) - 1) + [True]
    assert [p.more for p in parts] == [True] * len(parts)
    assert (end.more, end.items, end.outcome, end.fetched) == (False, (), Outcome.READ, len(parts))


def test_every_part_of_a_spreadsheet_knows_its_columns(folder: Folder) -> None:
    rows = "".join(f'第{n}条,"上\n下"\n' for n in range(30))
    folder.gets("a.csv", f"标题,正文\n{rows}".encode("gb18030"))
    titles = [i.title for p in folder.read() for i in p.items]
    assert titles == [f"第{n}条" for n in range(30)]


def test_a_row_longer_than_a_part_is_read_whole(folder: Folder) -> None:
    long = "长" * 500
    folder.gets("a.jsonl", lines("一", long, "二"))
    assert folder.read_and_finish() == ["一", long, "二"]


def test_a_part_never_ends_inside_a_quoted_row(folder: Folder) -> None:
    long_text = "一段\n" * 12
    body = "".join(f'第{n}条,"{long_text}"\n' for n in range(12))
    folder.gets("a.csv", f"标题,正文\n{body}")
    items = [i for p in folder.read() for i in p.items]
    assert [i.title for i in items] == [f"第{n}条" for n in range(12)]
    assert {i.text.count("\n") for i in items} == {11}


def test_a_file_that_cannot_be_put_away_is_told_and_stays(folder: Folder) -> None:
    folder.gets("a.jsonl", lines("一"))
    (folder.path / "done").write_text("in the way")
    part, *_ = (p for p in folder.read() if p.finished)
    (trouble,) = finish(part.finished)
    assert trouble.code == "source_file_stuck"
    assert (folder.path / "a.jsonl").exists()


def test_a_kill_before_the_move_only_means_reading_again(folder: Folder) -> None:
    folder.gets("a.jsonl", lines("一"))
    first = folder.read()
    second = folder.read()
    assert [p.items for p in first] == [p.items for p in second]
    assert folder.read_and_finish() == ["一"]
    assert folder.holds() == ["done/a.jsonl"]
    assert folder.read()[-1].outcome is Outcome.UNCHANGED


def test_rejected_lines_lie_beside_the_file_with_number_and_reason(folder: Folder) -> None:
    folder.gets("a.jsonl", lines("一") * 20 + "broken\n" + lines("二"))
    assert folder.read_and_finish() == ["一"] * 20 + ["二"]
    assert folder.holds() == ["done/a.jsonl", "done/a.jsonl.rejected.txt"]
    note = (folder.path / "done/a.jsonl.rejected.txt").read_text(encoding="utf-8")
    number, why, line = note.rstrip("\n").split("\t")
    assert (number, line) == ("21", "broken")
    assert "JSON" in why


def test_a_round_with_rejected_lines_says_so_in_both_languages(folder: Folder) -> None:
    folder.gets("a.jsonl", lines("一") + "broken\n")
    *_, end = folder.read()
    assert end.outcome is Outcome.PARTLY
    assert end.trouble
    assert [say(end.trouble, language) for language in LANGUAGES]
    assert "a.jsonl" in say(end.trouble)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.xlsx", b"PK\x03\x04"),
        ("a.csv", "日期,地点\n1,2\n".encode()),
        ("a.csv", "标题,正文\n一,二\n".encode("utf-16")),
        ("a.jsonl", b"\x00\x01\x02"),
        ("a.json", b'[{"title": "x"}, {"title": "y"}]'),
    ],
)
def test_a_file_that_gives_nothing_goes_to_failed_with_its_reason(
    folder: Folder, name: str, body: bytes
) -> None:
    folder.gets(name, body)
    assert folder.read_and_finish() == []
    assert folder.holds() == [f"failed/{name}", f"failed/{name}.why.txt"]
    assert len((folder.path / f"failed/{name}.why.txt").read_text(encoding="utf-8")) > 20


def test_an_empty_file_is_simply_done(folder: Folder) -> None:
    folder.gets("a.jsonl", "")
    assert folder.read_and_finish() == []
    assert folder.holds() == ["done/a.jsonl"]


def test_files_under_construction_folders_and_links_are_left_alone(folder: Folder, tmp_path: Path) -> None:
    secret = tmp_path / "secret.jsonl"
    secret.write_text(lines("秘密"))
    for name in (".a.jsonl", "a.jsonl.part", "a.TMP"):
        folder.gets(name, lines("未完"))
    (folder.path / "sub").mkdir()
    folder.gets("sub/a.jsonl", lines("下层"))
    (folder.path / "link.jsonl").symlink_to(secret)
    os.mkfifo(folder.path / "pipe.jsonl")
    before = folder.holds()
    assert folder.read_and_finish() == []
    assert folder.holds() == before


def test_a_file_that_became_a_link_after_the_listing_is_not_followed(folder: Folder, tmp_path: Path) -> None:
    secret = tmp_path / "secret.jsonl"
    secret.write_text(lines("秘密"))
    folder.gets("a.jsonl", lines("一"))
    path = folder.gets("b.jsonl", lines("二"))
    rounds = read_folder(folder.request, folder.settings, Clock())
    next(rounds)
    path.unlink()
    path.symlink_to(secret)
    part, _ = rounds
    assert part.items == ()
    assert part.trouble
    assert part.trouble.code == "source_file_stuck"


def test_a_file_that_grew_after_it_was_read_stays_and_is_read_again(folder: Folder) -> None:
    path = folder.gets("a.jsonl", lines("一"))
    part, _ = folder.read()
    path.write_text(lines("一", "二"))
    assert finish(part.finished) == []
    assert folder.holds() == ["a.jsonl"]
    assert folder.read_and_finish() == ["一", "二"]


def test_a_file_changed_a_moment_ago_is_read_but_not_put_away(folder: Folder) -> None:
    path = folder.gets("a.jsonl", lines("一"))
    just_now = Clock().at.timestamp() - 1
    os.utime(path, (just_now, just_now))
    assert folder.read_and_finish() == ["一"]
    assert folder.holds() == ["a.jsonl"]


def test_a_name_used_before_writes_nothing_over(folder: Folder) -> None:
    for title in ("一", "二"):
        folder.gets("a.jsonl", lines(title))
        folder.read_and_finish()
    assert folder.holds() == ["done/a-2.jsonl", "done/a.jsonl"]


def test_a_file_its_owner_took_back_is_no_trouble(folder: Folder) -> None:
    path = folder.gets("a.jsonl", lines("一"))
    part, _ = folder.read()
    path.unlink()
    assert finish(part.finished) == []


def test_a_folder_that_is_missing_is_told_and_a_relative_one_is_made(folder: Folder, tmp_path: Path) -> None:
    spec = replace(folder.request.spec, url=(tmp_path / "nowhere").as_uri())
    (missing,) = read_folder(RoundRequest(spec, PLUGIN(spec)), folder.settings, Clock())
    assert (missing.outcome, missing.permanent) == (Outcome.FAILED, True)
    relative = replace(spec, url="file:inbox/today/")
    (made,) = read_folder(RoundRequest(relative, PLUGIN(relative)), folder.settings, Clock())
    assert made.outcome is Outcome.UNCHANGED
    assert (tmp_path / "inbox/today").is_dir()


def test_after_the_rounds_time_the_other_files_wait(folder: Folder) -> None:
    folder.gets("a.jsonl", lines("一"))
    folder.gets("b.jsonl", lines("二"))
    clock = Clock()
    rounds = read_folder(folder.request, folder.settings, clock)
    next(rounds)
    clock.at += timedelta(hours=1)
    assert [r.more for r in rounds] == [False]


def test_a_folder_is_read_by_the_same_door_as_a_feed(folder: Folder) -> None:
    folder.gets("a.jsonl", lines("一"))
    part, end = crawl_once(folder.request, folder.settings, Clock())
    assert [i.title for i in part.items] == ["一"]
    assert not end.more
    assert folder.holds() == ["a.jsonl"]


def test_memory_stays_flat_however_long_a_file_is(folder: Folder) -> None:
    text = "门锁半夜自己开了" * 10
    folder.gets("a.jsonl", "".join(f'{{"id": "{n}", "text": "{text}"}}\n' for n in range(15_000)))
    roomy = replace(folder.settings, folder_page_bytes=200_000)
    tracemalloc.start()
    count = sum(len(part.items) for part in read_folder(folder.request, roomy, Clock()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 15_000
    assert peak < 5_000_000


class Broken:
    """A kind with a bug: it fails on one file, or on the listing."""

    id = "drop"

    def __init__(self, real: Source, fails_on: str) -> None:
        self._real, self._fails_on = real, fails_on

    def urls(self) -> Iterable[str]:
        return self._real.urls()

    def read(self, page: Page) -> Iterator[Item | Follow]:
        if page.url.endswith(self._fails_on):
            raise OverflowError("too large\ud800")
        yield from self._real.read(page)


def test_a_bug_in_a_kind_costs_one_file_and_is_told(folder: Folder) -> None:
    for name in "abc":
        folder.gets(f"{name}.jsonl", lines(name))
    request = replace(folder.request, source=Broken(folder.request.source, "b.jsonl"))
    parts = list(read_folder(request, folder.settings, Clock()))
    assert [i.title for p in parts for i in p.items] == ["a", "c"]
    assert [finish(p.finished) for p in parts] == [[]] * len(parts)
    assert parts[-1].outcome is Outcome.PARTLY
    assert folder.holds() == ["done/a.jsonl", "done/c.jsonl", "failed/b.jsonl", "failed/b.jsonl.why.txt"]
    assert "OverflowError: too large\n" in (folder.path / "failed" / "b.jsonl.why.txt").read_text()


def test_a_bug_on_the_listing_is_a_round_that_failed(folder: Folder) -> None:
    request = replace(folder.request, source=Broken(folder.request.source, "/"))
    (end,) = read_folder(request, folder.settings, Clock())
    assert (end.outcome, end.permanent, end.more) == (Outcome.FAILED, True, False)
    assert end.trouble
    assert end.trouble.code == "source_kind_failed"


def test_a_folder_that_cannot_be_made_is_told(folder: Folder) -> None:
    (folder.path / "in the way").write_text("")
    spec = replace(folder.request.spec, url="file:drop%20box/in%20the%20way/")
    (end,) = read_folder(RoundRequest(spec, PLUGIN(spec)), folder.settings, Clock())
    assert end.trouble
    assert end.trouble.code == "source_folder_unreadable"
