"""Lines of a drop folder's files. Whole pages are in tests/pages/drop_folder."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.source import Page, RejectedLine, RejectedLinesError, UnreadablePageError
from crawlers.sources.drop_folder import CSV, FIRST_LINE, JSON_LINES, PLUGIN
from wanglou.domain.item import DatedBy, Engagement, Item
from wanglou.domain.source import SourceClass, SourceSpec

SEEN = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SPEC = SourceSpec("drop", "补录", "drop_folder", "file:exports/", SourceClass.SOCIAL, DAY, DAY, 1)


def read(body: str | bytes, kind: str = JSON_LINES, first: int = 1) -> tuple[list[Item], list[RejectedLine]]:
    raw = body if isinstance(body, bytes) else body.encode()
    page = Page("file:///exports/x", raw, {"content-type": kind, FIRST_LINE: str(first)}, SEEN)
    items: list[Item] = []
    try:
        for found in PLUGIN(SPEC).read(page):
            assert isinstance(found, Item)
            items.append(found)
    except RejectedLinesError as error:
        return items, list(error.lines)
    return items, []


def read_one(**fields: Any) -> Item:
    items, rejected = read(json.dumps(fields, ensure_ascii=False))
    assert rejected == []
    return items[0]


def test_ids_of_different_places_do_not_meet() -> None:
    first, second = read_one(title="一", id=501, source="微博"), read_one(title="一", id=501, source="论坛")
    assert first.key != second.key
    assert {first.source, second.source} == {"drop"}


def test_the_place_speaks_where_no_author_is_named() -> None:
    named, unnamed = read_one(title="一", source="晨屿报", author="林"), read_one(title="一", source="晨屿报")
    assert named.author
    assert unnamed.author
    assert (named.author.name, unnamed.author.name) == ("林", "晨屿报")


def test_a_verified_account_keeps_its_id_and_an_ordinary_one_does_not() -> None:
    account = {"name": "安屿官微", "id": "77", "verified": True, "followers": "12.5万"}
    official = read_one(title="一", author=account).author
    person = read_one(title="一", author={"name": "夜行人", "id": "77"}).author
    assert official
    assert person
    assert (official.id, official.verified, official.followers) == ("77", True, 125_000)
    assert person.id != "77"
    assert not person.verified


def test_a_line_whose_time_cannot_be_read_is_kept_undated_and_told() -> None:
    items, (told,) = read('{"title": "一", "published_at": "上次"}')
    assert (items[0].published_at, items[0].dated_by) == (None, DatedBy.NONE)
    assert told.number == 1
    assert "kept" in told.why


@pytest.mark.parametrize(
    "line",
    [
        *('{"title"', "[1]", '"text"', "{}", '{"title": "  "}', "[" * 3000),
        *('{"title": "一", "url": "javascript:x"}', '{"title": "一", "url": "http://[x"}'),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_costs_no_other(line: str) -> None:
    items, (told,) = read(f'{{"title": "前"}}\n{line}\n\n{{"title": "后"}}\n', first=101)
    assert [i.title for i in items] == ["前", "后"]
    assert (told.number, told.line) == (102, line)
    assert told.why


def test_an_array_with_one_object_a_line_is_read_like_lines() -> None:
    items, rejected = read('[\n{"title": "一"},\r\n{"title": "二"}\n]\n')
    assert ([i.title for i in items], rejected) == (["一", "二"], [])


def test_a_damaged_line_does_not_turn_the_others_into_another_charset() -> None:
    good = '{"title": "安屿"}\n'.encode()
    items, (told,) = read(good + b'{"title": "\xff\xfe"}\n' + good)
    assert [i.title for i in items] == ["安屿", "安屿"]
    assert told.number == 2


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_spreadsheet_is_read_as_its_program_wrote_it(delimiter: str, charset: str) -> None:
    body = (
        delimiter.join(["标题", "内容", "点赞数"])
        + "\r\n"
        + delimiter.join(["安屿", "门锁", '"1,204"'])
        + "\r\n"
    )
    (item,), rejected = read(body.encode(charset), CSV, first=2)
    assert (item.title, item.text, rejected) == ("安屿", "门锁", [])
    assert item.engagement
    assert item.engagement.likes == 1204


def test_an_unclosed_quote_swallows_no_row_below_it() -> None:
    body = 'title,text\n一,正文\n二,"没有关\n三,正文\n四,正文\n'
    items, (told,) = read(body, CSV, first=2)
    assert [i.title for i in items] == ["一", "三", "四"]
    assert (told.number, told.line) == (3, '二,"没有关')


def test_a_row_may_span_lines_and_numbers_still_fit() -> None:
    items, (told,) = read('title,text\n一,"上\n下"\n二,三,四,五\n', CSV, first=2)
    assert items[0].text == "上\n下"
    assert told.number == 4


def test_a_file_without_a_title_or_text_column_is_refused_whole() -> None:
    for body in ("a,b\n1,2\n", "1,2\n"):
        with pytest.raises(UnreadablePageError) as caught:
            read(body, CSV)
        assert caught.value.code == "source_file_header"


@pytest.mark.parametrize("url", ["https://a.example/", "/srv/exports", "file:"])
def test_an_address_that_is_no_folder_is_refused_when_it_is_built(url: str) -> None:
    with pytest.raises(ValueError, match="file:"):
        PLUGIN(SourceSpec("drop", "补录", "drop_folder", url, SourceClass.SOCIAL, DAY, DAY, 1))


@settings(max_examples=60)
@given(st.lists(st.one_of(st.text(max_size=30), st.just('{"title": "一"}')), max_size=8))
def test_every_line_is_either_read_or_told(lines: list[str]) -> None:
    plain = [line.replace("\n", " ") for line in lines]
    items, told = read("\n".join(plain).encode("utf-8", "ignore"))
    raw = [line.encode("utf-8", "ignore").strip() for line in plain]
    filled = [line for line in raw if line not in {b"", b"[", b"]"}]
    assert len(items) + len([t for t in told if "kept" not in t.why]) == len(filled)


@settings(max_examples=60)
@given(st.binary(max_size=120))
def test_no_bytes_break_the_reader(body: bytes) -> None:
    read(b'{"title": "a"}\n' + body)
    read(b"title,text\na,b\n" + body, CSV)


def words_of(item: Item) -> str:
    author = item.author
    fields = (item.url, item.title, item.text, item.platform_id or "")
    return "".join((*fields, *((author.name, author.id or "") if author else ())))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_field_keeps_what_a_database_refuses(data: st.DataObject) -> None:
    odd = st.text("安a1\ud800\udfff\x00\uffff", max_size=4)
    names = ("url", "title", "text", "id", "source", "published_at", "followers", "likes")
    record = {name: data.draw(odd) for name in names} | {"title": "安屿" + data.draw(odd)}
    record["url"] = record["url"] and "https://a.example/" + record["url"]
    person = {"name": data.draw(odd), "id": data.draw(odd), "verified": data.draw(st.booleans())}
    items, _ = read(json.dumps({**record, "author": data.draw(st.sampled_from([person, person["name"]]))}))
    assert len(items) == 1
    assert not set(words_of(items[0]).encode().decode()) & {"\x00", "\uffff"}


def test_a_name_without_letters_is_no_author() -> None:
    items, _ = read(
        "".join(json.dumps({"title": "一", "author": {"name": n}}) + "\n" for n in ("\ud800", None))
    )
    assert [item.author for item in items] == [None, None]


def test_a_count_beyond_belief_is_not_known() -> None:
    item = read_one(
        title="一", author="林", followers="99999999999亿", likes=10**19, comments="1e99", reposts=7
    )
    assert item.author
    assert item.author.followers is None
    assert item.engagement == Engagement(SEEN, None, None, 7)


@pytest.mark.parametrize("depth", [300, 900, 940, 960, 980, 990, 1100])
def test_a_line_nested_as_deep_as_python_goes_costs_no_other(depth: int) -> None:
    deep = "[" * depth + "]" * depth
    items, _ = read(f'{{"title": "前"}}\n{{"title": "中", "url": {deep}}}\n{{"title": "后"}}\n')
    assert [i.title for i in items if i.title != "中"] == ["前", "后"]
