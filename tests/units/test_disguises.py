"""Names that somebody dressed up, and texts that only look as if one stood there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.disguises import joints_alike, spellings, undisguised, undisguised_traced
from analysis.matching import Matcher
from analysis.names import folded_name
from analysis.text import fold, fold_traced
from wanglou.config.watch import parse_watch
from wanglou.domain.client import Alias, Brand, Client
from wanglou.domain.item import Item

BRAND = Brand(
    "安屿",
    (
        Alias("AnyuLock"),
        Alias("AYL", exact_case=True),
        Alias("AN&Y", exact_case=True),
        Alias("约翰·史密斯"),
        Alias("安屿 海岸"),
        Alias("A站"),
        Alias("360安"),
    ),
    ("安屿湾",),
)
LOCK = Client("lock", "安屿智能家居", (BRAND, Brand("国安", ()), Brand("红黄蓝", ())))


def found(text: str, title: str = "") -> list[str]:
    """What named somebody, as written."""
    whole = f"{title}\n{text}"
    matches = Matcher([LOCK]).matches(Item("s", "", title, text))
    return [whole[a:b] for match in matches for a, b in match.spans]


@pytest.mark.parametrize(
    "name",
    [
        "安·屿",
        "安*屿",
        "安＊屿",
        "安　屿",
        "安 屿",
        "安🔥屿",
        "安_屿",
        "安-屿",
        "安.屿",
        "安 · 屿",
        "安|屿",
        "安～屿",
    ],
)
def test_signs_between_characters_that_stand_alone_split_no_name(name: str) -> None:
    assert found(name) == found(f"{name}！气死") == [name]
    assert found(f"吐槽下，{name} AnyuLock") == [name, "AnyuLock"]


def test_a_name_spelt_out_in_a_sentence_is_found_where_single_characters_go_on() -> None:
    assert found("这 个 安 屿 真 差") == ["安 屿"]
    assert found("去了红-黄-蓝幼儿园") == ["红-黄-蓝"]
    assert found("安 屿 湾 的房子") == []


def test_a_star_between_two_characters_is_a_disguise_anywhere() -> None:
    assert found("这个安*屿又坏了") == ["安*屿"]
    assert found("这个安**屿又坏了") == ["安**屿"]


@pytest.mark.parametrize(
    "text",
    [
        "美丽中国·安徽篇",
        "去中国 安全回家",
        "爱中国🎉安心过年",
        "平安，屿",
        "安、屿",
        "安。屿",
        "安 屿头",
        "红、黄、蓝",
    ],
)
def test_two_words_that_touch_make_no_name(text: str) -> None:
    assert found(text) == []


def test_a_name_spelt_out_over_lines_or_from_title_to_text_is_none() -> None:
    assert found("安\n屿") == found("屿", title="安") == []


def test_marks_put_over_letters_are_not_seen() -> None:
    assert found("安\u20dd屿\u0489") == ["安\u20dd屿"]
    assert found("3\ufe0f\u20e36\ufe0f\u20e30\ufe0f\u20e3安") == ["3\ufe0f\u20e36\ufe0f\u20e30\ufe0f\u20e3安"]


@pytest.mark.parametrize("name", ["АnyuLоck", "ΑnyuLοck", "AnyuLосk", "ᴀɴʏᴜʟᴏᴄᴋ", "🅰🅽🆈🆄🅻🅾🅲🅺", "ɑnyulock"])
def test_letters_of_other_scripts_that_look_alike_are_the_same(name: str) -> None:
    assert found(f"{name} 又坏了") == [name]


def test_a_word_of_another_language_is_no_name_in_disguise() -> None:
    mama = Matcher([Client("c", "c", (Brand("MAMA", ()), Brand("HA", ())))])
    assert mama.matches(Item("s", "", "", "моя мама пришла НА работу")) == []
    assert len(mama.matches(Item("s", "", "", "新品МАМА上市"))) == 1
    assert found("яAnyuLock AnyuLockß øAnyuLock") == []


def test_capitals_count_in_disguise_too() -> None:
    assert found("АYL 坏了") == ["АYL"]
    assert found("аyl 坏了") == []
    assert found("🅰YL") == ["🅰YL"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("AN&amp;Y 没信号", "AN&amp;Y"),
        ("AN&amp;amp;Y 没信号", "AN&amp;amp;Y"),
        ("安&#8203;屿坏了", "安&#8203;屿"),
        ("安&zwnj;屿坏了", "安&zwnj;屿"),
        ("Anyu<b>Lock</b>坏了", "Anyu<b>Lock"),
        ("<em>安</em>屿坏了", "安</em>屿"),
        ("A&nbsp;站", "A&nbsp;站"),
        ("&#23433;屿坏了", "&#23433;屿"),
    ],
)
def test_markup_that_was_left_over_splits_no_name(text: str, name: str) -> None:
    assert found(text) == [name]


def test_a_name_inside_a_tag_is_no_name_and_a_tag_that_breaks_lines_is_a_border() -> None:
    assert found('<a title="AnyuLock" href="x&amp;y">看</a>') == []
    assert found("一个<br>AnyuLock<p>好") == ["AnyuLock"]
    assert found("my<b>AnyuLock</b>") == []


@pytest.mark.parametrize(
    "name", ["约翰·史密斯", "约翰•史密斯", "约翰・史密斯", "约翰史密斯", "约翰 史密斯", "安屿海岸"]
)
def test_the_dot_in_a_name_may_be_any_or_left_out(name: str) -> None:
    assert found(f"听说{name}离职") == [name]


@pytest.mark.parametrize(
    "name",
    [
        "Anyu's Home-Lock",
        "ANYU’S HOME LOCK",
        "Anyuʼs home\u2011lock",
        "anyu`s home–lock",
        "Anyu＇s Home－Lock",
    ],
)
def test_hyphens_and_apostrophes_of_latin_names_are_written_in_many_ways(name: str) -> None:
    brand = Brand("Anyu's Home-Lock", (), ("Anyu’s Home Lock Ltd",), parse_watch('"坏" OR "smart-lock"'))
    matcher = Matcher([Client("c", "c", (brand,))])
    whole = f"{name}坏了"
    assert [m.spans for m in matcher.matches(Item("s", "", "", whole))] == [((1, 1 + len(name)),)]
    assert matcher.matches(Item("s", "", "", f"{name}, a smart lock"))
    assert not matcher.matches(Item("s", "", "", f"{name} Ltd坏了"))
    assert not matcher.matches(Item("s", "", "", "AnyusHomeLock坏了"))


def test_hyphens_in_an_address_name_nobody() -> None:
    matcher = Matcher([Client("c", "c", (Brand("Home Lock", ()), Brand("Lock", ())))])
    assert not matcher.matches(Item("s", "", "", "看 http://a.example/home-lock/my-lock"))
    assert matcher.matches(Item("s", "", "", "看 http://a.example/my-lock 说Home-Lock"))


@pytest.mark.parametrize(("name", "ways"), [("Home-Lock Pro Max’s Best", 1), ("约翰·史密斯", 3), ("门锁", 1)])
def test_ways_to_write_a_latin_name_make_no_more_patterns(name: str, ways: int) -> None:
    """Ten thousand aliases of four words would otherwise fill a worker's memory."""
    assert len(spellings(folded_name(name))) == ways


def test_words_of_a_watch_are_seen_through_disguise_too() -> None:
    brand = Brand("安屿", (), watch=parse_watch("起火 OR author:起火"))
    matcher = Matcher([Client("c", "c", (brand,))])
    assert matcher.matches(Item("s", "", "", "安*屿又起*火"))
    assert matcher.matches(Item("s", "", "", "安屿&#36215;火"))


@pytest.mark.parametrize(
    "piece", ["安 ", "安*", "安·屿", "a", "<b ", "&amp;", "а", "a\u20dd", "🅰", "<b>安</b>"]
)
def test_a_long_run_of_it_is_read_in_one_sweep(piece: str) -> None:
    assert found(f"AnyuLock，а {piece * (100_000 // len(piece))} 安屿")[0] == "AnyuLock"


@given(st.text(st.sampled_from("安屿湾aYÉаΑ🅰 ·*_-.\u200b\u20dd&;<>b/amp#\n，🔥"), max_size=40))
def test_every_character_leads_back_to_where_it_stood(text: str) -> None:
    plain, traced = undisguised(fold(text)), undisguised_traced(fold_traced(text))
    assert traced.text == plain
    starts = traced.offsets[:, 0].tolist()
    assert starts == sorted(starts)
    assert all(0 <= start < end <= len(text) for start, end in traced.offsets.tolist())
    assert len(joints_alike(plain)) == len(plain)
