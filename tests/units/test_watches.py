"""The language of watches, and what their words do to a match."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.matching import Cause, Matcher, Missed
from analysis.watching import Lack, Reason
from wanglou.config.watch import LONGEST, WatchError, parse_watch
from wanglou.domain.client import Alias, Brand, Client
from wanglou.domain.item import Author, Item
from wanglou.domain.watch import (
    AllOf,
    AnyOf,
    From,
    Near,
    Not,
    Origin,
    WatchField,
    Words,
    origins_of,
    words_of,
    written,
)

LOCK = "安屿 AND (门锁 OR 智能锁) NOT 安屿湾"


def matcher(watch: str) -> Matcher:
    brand = Brand("安屿", (Alias("安屿"), Alias("AnyuLock")), watch=parse_watch(watch))
    return Matcher([Client("lock", "安屿智能家居", (brand, Brand("穹野", ())))], {"bbs": "forum"})


def item(text: str, title: str = "", source: str = "paper", author: str = "") -> Item:
    return Item(source, "", title, text, Author(author) if author else None)


def counts(watch: str, one: Item) -> bool:
    return any(found.brand == "安屿" for found in matcher(watch).matches(one))


def why(watch: str, one: Item) -> tuple[Reason, ...]:
    (missed,) = matcher(watch).missed(one)
    assert (missed.client, missed.brand, missed.cause) == ("lock", "安屿", Cause.WATCH)
    return missed.reasons


@pytest.mark.parametrize(
    "written",
    [
        LOCK,
        "安屿 与 (门锁 或 智能锁) 非 安屿湾",
        "安屿 & (门锁|智能锁) -安屿湾",
        "安屿 and（门锁 or “智能锁”）and not 安屿湾",
        '"安屿" 且 (门锁 || 智能锁) && NOT NOT NOT 安屿湾',
        "安屿　ＡＮＤ（门锁｜智能锁）－安屿湾",
        "「安屿」AND (『门锁』 OR ＂智能锁＂) NOT “安屿湾”",
        "安屿\u200b \ufeffAND (门\u2060锁 OR 智能锁) NOT 安屿湾",
    ],
)
def test_every_way_of_writing_means_the_same(written: str) -> None:
    either = AnyOf((Words("门锁"), Words("智能锁")))
    assert parse_watch(written) == AllOf((Words("安屿"), either, Not(Words("安屿湾"))))


def test_an_operator_inside_a_word_is_part_of_the_word() -> None:
    assert words_of(parse_watch("非常 AND 与其 AND Android AND e-ink")) == (
        "非常",
        "与其",
        "Android",
        "e-ink",
    )


def test_what_belongs_to_a_word_needs_no_quotes() -> None:
    watch = parse_watch("A&B AND 1,000 AND ANDROID手机 AND R&D AND L'Anyu AND 《安屿》 AND a/b")
    assert words_of(watch) == ("A&B", "1,000", "ANDROID手机", "R&D", "L'Anyu", "《安屿》", "a/b")
    assert words_of(parse_watch('"安屿、门锁" AND "门锁OR智能锁" AND "!x"')) == (
        "安屿、门锁",
        "门锁OR智能锁",
        "!x",
    )


def test_a_class_of_sources_may_be_named_in_chinese() -> None:
    assert parse_watch("类别：新闻 OR class:点评") == parse_watch("class:news OR class:review")


def test_near_and_origins_are_read() -> None:
    assert parse_watch("安屿 NEAR/5 (起火 OR 冒烟)") == Near(("安屿",), ("起火", "冒烟"), 5)
    watch = parse_watch("门锁 AND (信源：bbs OR class:news)")
    assert origins_of(watch) == (From(Origin.SOURCE, "bbs"), From(Origin.CLASS, "news"))


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("安屿 门锁", 'character 4 found "门锁"; write AND or OR before it'),
        ("安屿)", 'character 3 found ")"; it closes nothing'),
        ("(安屿", "close the parenthesis"),
        ('"安屿 锁', "close the quotes"),
        ("AND 门锁", 'character 1 found "AND"; a word must come first'),
        ("门锁 AND", 'ends after "门锁 AND"'),
        ("", "write the word"),
        ("门锁 NEAR/5 (a AND b)", "(one OR other) only"),
        ("安屿 NEAR 门锁", "NEAR/10"),
        ("安屿 NEAR/1000 门锁", "at most 999"),
        ("安屿NEAR/5门锁", 'character 3 found "NEAR/5" in "安屿NEAR/5门锁"; put spaces around it'),
        ("安屿 AND 门锁OR智能锁", 'character 10 found "OR" in "门锁OR智能锁"; put spaces around it'),
        ("安屿，门锁", 'character 3 found "," in "安屿,门锁"; write AND or OR between'),
        ("安屿、门锁", 'found "、"'),
        ("门锁/智能锁", 'found "/"'),
        ("安屿 !租房", "write NOT before"),
        ("安屿 AND ！租房", "write NOT before"),
        ("安屿 - 租房", 'character 4 found "-"; write NOT before'),
        ("'安屿'", "around words that belong together"),
        ('"\u200b"', "with words between them"),
        ("a NEAR/3 b NEAR/3 c", "parentheses around each NEAR"),
        ("class:paper", "write one of news, social"),
        ("source:(a OR b)", 'write one name after "source:"'),
        ("NOT 安屿湾", "only says what must not be there"),
        ("门锁 OR NOT 安屿湾", "only says what must not be there"),
        ("长" * (LONGEST + 1), f"write at most {LONGEST}"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_write(written: str, says: str) -> None:
    with pytest.raises(WatchError) as refused:
        parse_watch(written)
    assert says in str(refused.value)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(["安", "a", " AND ", " OR ", "-", "(", ")", '"', " NEAR/3 ", "title:"]), max_size=40
    )
)
def test_whatever_is_written_is_read_or_refused(parts: list[str]) -> None:
    try:
        watch = parse_watch("".join(parts))
    except WatchError:
        return
    one = item("今天安屿a", title="a")
    assert words_of(watch)
    assert counts("".join(parts), one) is not bool(matcher("".join(parts)).missed(one))


def test_the_deepest_watch_that_is_read_is_also_asked() -> None:
    deep = "安屿 -(" * 80 + "湾" + ")" * 80
    assert counts(deep, item("安屿湾")) is counts("安屿 -(安屿 -湾)", item("安屿湾"))


def test_a_name_counts_only_where_the_watch_holds() -> None:
    assert counts(LOCK, item("安嶼的智能鎖打不开"))
    assert not counts(LOCK, item("安屿的茶不错"))
    assert not counts(LOCK, item("门锁坏了"))
    assert not counts(LOCK, item("安屿湾的门锁，安屿的门锁"))


def aliased(watch: str) -> Matcher:
    names = (Alias("安宇锁"), Alias("安屿锁"), Alias("AnyuLock"))
    brand = Brand("安屿", names, ("安屿湾", "安屿锁匠"), parse_watch(watch))
    return Matcher([Client("lock", "安屿智能家居", (brand, Brand("安屿净水", ())))])


@pytest.mark.parametrize("name", ["安屿", "安宇锁", "安屿锁", "ANYULOCK"])
def test_the_brands_name_in_its_watch_stands_for_every_name_of_it(name: str) -> None:
    assert aliased("安屿 AND 客服").matches(item(f"{name} 的客服不管"))
    assert aliased("安屿 NEAR/3 起火").matches(item(f"{name} 又起火"))
    assert aliased("title:安屿").matches(item("起火", title=name))
    assert not aliased("title:安屿").matches(item(name, title="起火"))


def test_a_name_inside_a_look_alike_or_a_longer_name_stands_for_no_condition() -> None:
    far = "，过了很久才有人说起他家装的是"
    for other in ("安屿湾", "安屿净水"):
        one = item(f"{other}起火{far}安宇锁")
        assert "安屿" not in [m.brand for m in aliased("安屿 NEAR/4 起火").matches(one)]
    assert not aliased("安屿锁 NEAR/4 起火").matches(item(f"安屿锁匠起火{far}安宇锁"))
    assert aliased("安屿 NOT 安屿湾").missed(item("安屿湾有安宇锁"))[-1].cause is Cause.WATCH


def test_a_word_of_the_author_keeps_to_the_rules_of_names() -> None:
    assert not counts("author:ai", item("安屿", author="Daily said"))
    assert not counts("author:AI", item("安屿", author="ai 前线"))
    assert counts("author:AI", item("安屿", author="ＡＩ前线"))
    assert counts('author:"A 站"', item("安屿", author="看A站"))
    assert counts("author:daily", item("安屿", author="dailymail Daily"))


def test_a_word_unwanted_in_one_part_says_in_which() -> None:
    assert why("安屿 NOT title:招聘", item("安屿", title="招聘")) == (
        Reason(Lack.UNWANTED, ("招聘",), field=WatchField.TITLE),
    )


def test_other_brands_of_the_client_do_not_ask_its_watch() -> None:
    assert [m.brand for m in matcher(LOCK).matches(item("安屿和穹野"))] == ["穹野"]


def test_what_a_watch_lacks_is_said_in_its_words() -> None:
    assert why(LOCK, item("安屿的茶")) == (Reason(Lack.MISSING, ("门锁", "智能锁")),)
    assert why(LOCK, item("安屿的门锁，在安屿湾")) == (Reason(Lack.UNWANTED, ("安屿湾",)),)
    assert why("class:forum AND 安屿", item("安屿")) == (Reason(Lack.ELSEWHERE, ("forum",)),)
    assert why("安屿 NEAR/2 起火", item("安屿的门锁起火")) == (
        Reason(Lack.FAR, ("安屿", "起火"), gap=3, allowed=2),
    )
    assert why("安屿 NEAR/2 起火", item("安屿")) == (Reason(Lack.MISSING, ("起火",)),)
    assert why("title:门锁", item("安屿门锁")) == (Reason(Lack.MISSING, ("门锁",), field=WatchField.TITLE),)


def test_alternatives_of_which_one_lacks_two_words_are_told_apart() -> None:
    assert why("客服 OR (起火 AND 冒烟)", item("安屿")) == (
        Reason(Lack.MISSING, ("客服",)),
        Reason(Lack.MISSING, ("起火",)),
        Reason(Lack.MISSING, ("冒烟",)),
    )


def test_a_not_that_is_broken_by_absences_says_what_is_absent() -> None:
    assert why("安屿 NOT (NOT 门锁 AND NOT 智能锁)", item("安屿的茶")) == (
        Reason(Lack.MISSING, ("门锁", "智能锁")),
    )


def test_near_counts_characters_in_either_order() -> None:
    assert counts("安屿 NEAR/3 起火", item("安屿的门锁起火"))
    assert counts("起火 NEAR/3 安屿", item("安屿的门锁起火"))
    assert not counts("起火 NEAR/2 安屿", item("安屿的门锁起火"))


def test_a_condition_can_be_held_to_a_part_or_a_source() -> None:
    assert counts("title:门锁", item("安屿", title="门锁"))
    assert not counts("title:门锁", item("安屿门锁", title="快讯"))
    assert counts("text:门锁", item("门锁", title="anyulock"))
    assert not counts("text:门锁", item("anyulock", title="门锁"))
    assert counts("author:日报", item("安屿", author="城市日報"))
    assert not counts("author:日报", item("安屿日报", author="小明"))
    assert counts("class:forum", item("安屿", source="bbs"))
    assert not counts("source:paper", item("安屿", source="bbs"))


@pytest.mark.parametrize("unseen", ["\u200b", "\u200d", "\u2060", "\u00ad", "\u202e", "\u2066", "\ufeff"])
def test_invisible_characters_split_neither_names_nor_words(unseen: str) -> None:
    assert counts(LOCK, item(f"安{unseen}屿的门{unseen}锁坏了"))
    assert counts("锁", item(f"锁 Any{unseen}uLock"))


def test_a_word_of_a_watch_keeps_to_the_rules_of_names() -> None:
    assert not counts("AI AND 安屿", item("安屿 said"))
    assert not counts("AI AND 安屿", item("安屿 ai"))
    assert counts("AI AND 安屿", item("安屿AI"))


def test_why_a_visible_name_does_not_count() -> None:
    brand = Brand("安屿", (Alias("AYL", exact_case=True),), ("安屿湾",))
    plain = Matcher([Client("c", "c", (brand, Brand("安屿净水", ())))])

    def told(text: str) -> list[Missed]:
        return plain.missed(item(text))

    assert told("安屿湾") == [Missed("c", "安屿", "安屿", Cause.LOOK_ALIKE, "安屿湾")]
    assert told("安屿净水") == [Missed("c", "安屿", "安屿", Cause.LONGER, "安屿净水")]
    assert told("ayl") == [Missed("c", "安屿", "AYL", Cause.CASE)]
    assert told("BAYLEY") == [Missed("c", "安屿", "AYL", Cause.INSIDE_WORD)]
    assert told("http://t.cn/AYL") == [Missed("c", "安屿", "AYL", Cause.ADDRESS)]
    assert told("安\n屿") == [Missed("c", "安屿", "安屿", Cause.LINES)]
    assert told("安屿") == []


def test_many_words_near_each_other_are_asked_in_one_sweep() -> None:
    assert counts("安屿 NEAR/1 起火", item("安屿" * 20_000 + "起火" * 20_000))


@pytest.mark.parametrize(
    "watch",
    [
        LOCK,
        "a OR b AND (c OR d) AND NOT (e OR f)",
        'title:(召回 OR "smart lock") AND -租房 AND NOT NOT 锁',
        "(安屿 OR 穹野) NEAR/10 (起火 OR 冒烟) AND 信源：bbs",
        '"AND" OR "title:x" OR "-3" OR 作者:"小 王"',
        """AN&Y OR "a、b" OR "!x" OR "门锁OR锁" OR "'x" OR "「x」" OR "1,b" """,
        "class:news AND (text:(门锁 NEAR/3 坏) OR author:标题：王)",
    ],
)
def test_a_watch_is_written_as_it_may_be_read(watch: str) -> None:
    assert parse_watch(written(parse_watch(watch))) == parse_watch(watch)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "安",
                    "a",
                    "与",
                    " AND ",
                    " OR ",
                    " NOT ",
                    "(",
                    ")",
                    '"a b"',
                    " NEAR/3 ",
                    "title:",
                    "source:",
                ),
                *("，", "&", "NOT", "！", "「锁」", "/", "'", "\u200b"),
            ]
        ),
        max_size=20,
    ).map("".join)
)
def test_every_watch_is_written_as_it_may_be_read(watch: str) -> None:
    try:
        read = parse_watch(watch)
    except WatchError:
        return
    assert parse_watch(written(read)) == read
