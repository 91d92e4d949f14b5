"""Hot lists: what a hostile or broken one may do to us, and what a mistaken mapping is told."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.source import Page, UnreadablePageError
from crawlers.sources import board
from wanglou.domain.item import Item
from wanglou.domain.source import SourceClass, SourceSpec
from wanglou.wording import LANGUAGES, catalogue

SEEN = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
URL = "https://hot.example/api"
OPTIONS = {"entries": "list", "title": "t", "link": "u", "rank": "r", "entry_id": "i", "text": "d"}


def spec_of(allow_private: tuple[str, ...] = (), **options: Any) -> SourceSpec:
    return SourceSpec(
        id="hot",
        name="岛城热榜",
        kind="board",
        url=URL,
        source_class=SourceClass.BOARD,
        every=timedelta(minutes=5),
        silent_after=timedelta(hours=2),
        reach=1,
        allow_private=allow_private,
        options={**OPTIONS, **options},
    )


def read(body: bytes | str, spec: SourceSpec | None = None, url: str = URL) -> list[Item]:
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    return list(board.plugin(spec or spec_of()).read(Page(url, raw, {}, SEEN)))


def shown(*entries: Any, **more: Any) -> list[Item]:
    return read(json.dumps({"list": entries}), spec_of(**more))


def ranks(items: list[Item]) -> list[tuple[str, int]]:
    return [(item.title, item.board.rank) for item in items if item.board]


def refusal(body: bytes | str, spec: SourceSpec | None = None) -> UnreadablePageError:
    with pytest.raises(UnreadablePageError) as caught:
        read(body, spec)
    assert set(catalogue()[caught.value.code]) == set(LANGUAGES)
    return caught.value


@pytest.mark.parametrize(
    ("written", "heat"),
    [
        (1_234_567, 1_234_567),
        ("98.7万", 987_000),
        ("412 万热度", 4_120_000),
        ("热度 1,024", 1_024),
        ("1.2亿", 120_000_000),
        ("沸", None),
        ("", None),
        (None, None),
        ({"n": 1}, None),
        ("9" * 400, None),
    ],
)
def test_heat_is_read_as_lists_write_it_and_never_guessed(written: object, heat: int | None) -> None:
    (item,) = shown({"t": "安屿起火", "h": written}, heat="h")
    assert item.board is not None
    assert item.board.heat == heat


def test_nothing_active_of_a_title_or_a_text_is_stored() -> None:
    hostile = "安屿<script>alert(1)</script><img src=x onerror=alert(2)> 起火 <b>快讯</b>"
    (item,) = shown({"t": hostile, "d": "<svg onload=alert(3)>正文</svg>&lt;b&gt;"})
    assert item.title == "安屿 起火 快讯"
    assert "alert" not in item.title + item.text
    assert "<svg" not in item.text


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.1:8000/act",
        "http://[::1]/",
        "http://localhost:8000/",
        "http://[unclosed",
        "https://hot.example:port/",
        "https://a.example/" + "x" * 3000,
        None,
        {"url": "https://a.example/"},
    ],
)
def test_a_link_that_must_not_be_offered_gives_way_to_the_lists_own_address(link: object) -> None:
    assert [item.url for item in shown({"t": "安屿", "u": link})] == [URL]


def test_a_private_link_stays_where_the_list_itself_is_ours() -> None:
    body = json.dumps({"list": [{"t": "一", "u": "http://127.0.0.1:8802/a"}]})
    (own,) = read(body, url="http://127.0.0.1:8802/hot")
    (named,) = read(body, spec_of(("127.0.0.1:8802",)))
    assert own.url == named.url == "http://127.0.0.1:8802/a"


def test_keys_in_links_are_not_kept() -> None:
    (item,) = shown({"t": "一", "u": "https://u:pw@a.example/x?token=s3cret"})
    assert "pw" not in item.url
    assert "s3cret" not in item.url


def test_ranks_with_gaps_repeats_and_nonsense_stay_in_order() -> None:
    entries = [("甲", 1), ("乙", 1), ("丙", "TOP 7"), ("丁", "荐"), ("戊", 0), ("己", None), ("庚", "9" * 40)]
    told = ranks(shown(*({"t": t, "r": r} for t, r in entries)))
    assert told == [("甲", 1), ("乙", 1), ("丁", 4), ("戊", 5), ("己", 6), ("丙", 7), ("庚", 9999)]


def test_an_entry_that_stands_twice_has_its_highest_place() -> None:
    assert ranks(shown({"t": "甲", "r": 8}, {"t": "甲", "r": 3}, {"t": "乙", "r": 5})) == [
        ("甲", 3),
        ("乙", 5),
    ]


def test_an_entry_is_the_same_under_another_link_and_place() -> None:
    (before,) = shown({"t": "甲", "u": "https://a.example/1?t=1", "r": 1})
    (after,) = shown({"t": "甲", "u": "https://a.example/1?t=2", "r": 30})
    assert before.key == after.key
    assert before.digest == after.digest


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (1793678100, "2026-11-03T03:55:00+00:00"),
        (1793678100123, "2026-11-03T03:55:00+00:00"),
        ("1793678100.5", "2026-11-03T03:55:00+00:00"),
        ("2026-11-03 11:55", "2026-11-03T03:55:00+00:00"),
        ("5分钟前", "2026-11-03T03:55:00+00:00"),
        (0, None),
        (1e400, None),
        ("NaN", None),
        ("soon", None),
        (True, None),
    ],
)
def test_times_on_a_list_are_read_whatever_their_form(written: object, told: str | None) -> None:
    (item,) = shown({"t": "甲", "p": written}, published="p")
    assert (item.published_at.isoformat() if item.published_at else None) == told


def test_characters_that_no_database_takes_are_cut() -> None:
    (item,) = read('{"list": [{"t": "安\\ud800屿\\u0000", "i": "\\udfff1", "d": "\\u0007甲"}]}')
    assert (item.title, item.platform_id, item.text) == ("安屿", "1", "甲")


def test_a_page_long_title_is_cut_and_a_list_without_end_is_read_to_five_hundred() -> None:
    items = shown(*({"t": f"{n}" + "长" * 400} for n in range(2000)))
    assert len(items) == 500
    assert {len(item.title) for item in items} == {300}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "source_empty_page"),
        ("  \n", "source_empty_page"),
        ("<html>captcha</html>", "source_board_json"),
        ('{"list": [', "source_board_json"),
        ("[" * 100_000, "source_board_json"),
        ("9" * 5000, "source_board_json"),
        ("{}", "source_board_layout"),
        ('{"list": []}', "source_board_layout"),
        ('{"list": {"a": 1}}', "source_board_layout"),
        ('{"list": null}', "source_board_layout"),
        ("7", "source_board_layout"),
        ('{"list": [{"title": "甲"}]}', "source_board_titles"),
        ('{"list": [1, null, "x", []]}', "source_board_titles"),
    ],
)
def test_a_page_that_is_no_list_is_an_error_and_never_nothing_new(body: str, code: str) -> None:
    assert refusal(body).code == code


def test_ten_megabytes_of_something_else_are_refused_in_one_sentence() -> None:
    error = refusal(b"<p>" + b"x" * 10_000_000)
    assert error.code == "source_board_json"
    assert len(error.found) < 250


def test_a_list_that_says_it_is_of_yesterday_is_not_believed() -> None:
    at = int((SEEN - timedelta(hours=3)).timestamp())
    body = json.dumps({"list": [{"t": "甲"}], "at": at})
    assert refusal(body, spec_of(updated="at")).code == "source_board_old"
    fresh = json.dumps({"list": [{"t": "甲"}], "at": at + 3600 * 2})
    assert ranks(read(fresh, spec_of(updated="at"))) == [("甲", 1)]


def test_a_function_that_fails_on_one_entry_leaves_the_others() -> None:
    items = shown({"t": "甲", "x": ["a", "b"]}, {"t": "乙", "x": 3}, text="join('/', x)")
    assert [(i.title, i.text) for i in items] == [("甲", "a/b"), ("乙", "")]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"entries": "data["}, "entries: 'data\\[' is no JMESPath"),
        ({"title": "a b c"}, "title: .* is no JMESPath"),
        ({"format": "html", "entries": "tr["}, "entries: 'tr\\[' is no CSS"),
        ({"format": "xml"}, "neither json nor html"),
        ({"entries": ""}, "needs the option 'entries'"),
        ({"title": ""}, "needs the option 'title'"),
        ({"within": "s-data:.*"}, "has no \\(group\\)"),
        ({"within": "("}, "no regular expression"),
        ({"address": "https://a.example/{word}"}, "may hold {title} and {id}"),
        ({"address": "https://a.example/{"}, "may hold {title} and {id}"),
        ({"zone": "Mars"}, "zone"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_with_its_name(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        board.plugin(spec_of(**options))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("turidp"), inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("turidp"), values), max_size=8))
def test_whatever_a_list_holds_items_are_whole_or_the_page_is_refused(entries: list[Any]) -> None:
    items: list[Item] = []
    try:
        for item in board.plugin(spec_of(published="p")).read(
            Page(URL, json.dumps({"list": entries}).encode(), {}, SEEN)
        ):
            items.append(item)  # noqa: PERF402 -- what came before an error counts
    except UnreadablePageError as error:
        assert error.code in catalogue()  # noqa: PT017 -- either is right; only which is asked
    assert len({item.key for item in items}) == len(items)
    for item in items:
        assert item.title
        assert item.board
        assert item.board.rank >= 1
        assert urlsplit(item.url).scheme in {"http", "https"}
        assert "\0" not in item.title + item.text + str(item.platform_id)
