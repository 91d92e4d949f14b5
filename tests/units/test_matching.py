from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.matching import Cause, Matcher, Voided
from wanglou.domain.client import Alias, Brand, Client
from wanglou.domain.item import Item
from wanglou.domain.mention import Match

ANYU = Client(
    "lock",
    "安屿智能家居",
    (
        Brand(
            "安屿",
            (Alias("安屿锁"), Alias("AnyuLock"), Alias("A站"), Alias("AY", exact_case=True)),
            ("安屿湾",),
        ),
        Brand("安屿净水", ()),
    ),
)
TEA = Client("tea", "茗序茶饮", (Brand("茗序", (Alias("茗序锁鲜茶"),)), Brand("屿锁", ())))


def item(text: str, title: str = "") -> Item:
    return Item(source="s", url="https://example.cn/1", title=title, text=text)


def found(text: str, title: str = "", matcher: Matcher | None = None) -> dict[str, list[str]]:
    """Brand → the words that named it, as written."""
    whole = f"{title}\n{text}"
    matches = (matcher or Matcher([ANYU])).matches(item(text, title))
    return {m.brand: [whole[a:b] for a, b in m.spans] for m in matches}


def test_a_brand_is_found_in_title_and_text_with_spans_into_the_original() -> None:
    assert found("今天又打不开", "安屿锁出事了") == {"安屿": ["安屿锁"]}
    assert found("安屿锁，安屿") == {"安屿": ["安屿锁", "安屿"]}


def test_script_width_and_case_fold_away() -> None:
    assert found("安嶼鎖壞了，ＡＮＹＵＬＯＣＫ 也不行") == {"安屿": ["安嶼鎖", "ＡＮＹＵＬＯＣＫ"]}


def test_spans_stay_exact_behind_characters_that_change_length() -> None:
    assert found("重㎏㎏\u200b\u200b：安\u200b屿锁😡") == {"安屿": ["安\u200b屿锁"]}


def test_an_at_name_and_a_hashtag_name_the_brand() -> None:
    assert found("@安屿官方 #安屿# 管不管") == {"安屿": ["安屿", "安屿"]}


def test_a_latin_name_never_matches_inside_a_word() -> None:
    matcher = Matcher([Client("ai", "ai", (Brand("AI", (Alias("ai"),)),))])
    assert found("he said maintain aim", matcher=matcher) == {}
    assert found("用ai写的 (AI) ai2", matcher=matcher) == {"AI": ["ai", "AI", "ai"]}


def test_a_digit_is_a_border_for_letters_but_not_for_digits() -> None:
    assert found("AnyuLock3 发布") == {"安屿": ["AnyuLock"]}
    matcher = Matcher([Client("c", "c", (Brand("k9", ()),))])
    assert found("K95 口罩", matcher=matcher) == {}


def test_a_name_inside_a_web_address_is_noise() -> None:
    assert found("看 http://t.cn/AY AnyuLocks t.cn/AY9") == {}


def test_behind_the_full_width_mark_that_ends_an_address_a_name_counts() -> None:
    for mark in "，！？；（）":
        assert found(f"看http://t.cn/A6x{mark}AnyuLock坏了") == {"安屿": ["AnyuLock"]}
        assert found(f"看ｈｔｔｐ：／／t.cn/AnyuLock{mark}坏了") == {}


def test_an_accent_is_no_matter_of_case() -> None:
    matcher = Matcher([Client("c", "c", (Brand("Évo", (Alias("Évo", exact_case=True),)),))])
    assert found("Évo和Evo", matcher=matcher) == {"Évo": ["Évo", "Evo"]}
    assert found("vo evo", matcher=matcher) == {}


def test_exact_case_holds_and_short_latin_brand_names_have_it_by_default() -> None:
    assert found("ay ay") == {}
    assert found("ＡＹ 新品") == {"安屿": ["ＡＹ"]}
    matcher = Matcher([Client("c", "c", (Brand("ON", ()),))])
    assert found("come on", matcher=matcher) == {}
    assert found("ON 新品", matcher=matcher) == {"ON": ["ON"]}
    wide = Matcher([Client("c", "c", (Brand("ＯＮ", ()), Brand("Évo", ())))])
    assert found("come on evo", matcher=wide) == {}
    assert found("ON 新品 Evo", matcher=wide) == {"ＯＮ": ["ON"], "Évo": ["Evo"]}


def test_two_spellings_of_short_letters_both_count() -> None:
    exact = [Alias("MI", exact_case=True), Alias("mi", exact_case=True)]
    both = Matcher([Client("c", "c", (Brand("甲乙", tuple(exact)),))])
    assert found("mi，MI，Mi", matcher=both) == {"甲乙": ["mi", "MI"]}
    assert [m.cause for m in both.missed(item("mi，MI"))] == []
    assert {m.cause for m in both.missed(item("mi，Mi"))} == {Cause.CASE}
    any_case = Matcher([Client("c", "c", (Brand("甲乙", (*exact, Alias("Mi"))),))])
    assert found("mi，MI，Mi", matcher=any_case) == {"甲乙": ["mi", "MI", "Mi"]}


def test_a_space_between_latin_and_han_makes_no_difference() -> None:
    assert found("在 A 站 看的") == {"安屿": ["A 站"]}
    spaced = Matcher([Client("c", "c", (Brand("甲乙", (Alias("A 站"),)),))])
    assert found("在A站看的", matcher=spaced) == {"甲乙": ["A站"]}


def test_a_look_alike_voids_only_the_match_inside_it() -> None:
    assert found("住在安屿湾，装的是安屿锁") == {"安屿": ["安屿锁"]}
    assert found("住在安屿湾") == {}
    assert found("住在安嶼灣") == {}


def test_a_voided_name_says_which_look_alike_it_lay_in() -> None:
    assert Matcher([ANYU]).why_not(item("住在安嶼灣")) == [Voided("lock", "安屿", "安屿", "安屿湾")]
    assert Matcher([ANYU]).why_not(item("装的是安屿锁")) == []


def test_of_one_clients_names_the_longest_counts() -> None:
    assert found("安屿净水的滤芯") == {"安屿净水": ["安屿净水"]}


def test_clients_do_not_affect_each_other() -> None:
    both = Matcher([ANYU, TEA])
    assert found("安屿锁和茗序锁鲜茶", matcher=both) == {
        "安屿": ["安屿锁"],
        "屿锁": ["屿锁"],
        "茗序": ["茗序锁鲜茶"],
    }


def test_an_alias_of_two_brands_names_both() -> None:
    shared = Client("c", "c", (Brand("甲乙", (Alias("双子"),)), Brand("丙丁", (Alias("双子"),))))
    assert found("双子新品", matcher=Matcher([shared])) == {"甲乙": ["双子"], "丙丁": ["双子"]}


def test_a_name_does_not_reach_from_the_title_into_the_text() -> None:
    assert found("站长推荐", "精选 A") == {}


def test_no_clients_and_empty_names_match_nothing() -> None:
    assert found("安屿", matcher=Matcher([])) == {}
    assert found("安屿", matcher=Matcher([Client("c", "c", (Brand(" ", (Alias("\u200b"),)),))])) == {}


def test_a_hostile_text_is_read_in_full() -> None:
    matches = Matcher([ANYU]).matches(item("安屿湾" * 5_000 + "安屿" * 5_000))
    assert [len(m.spans) for m in matches] == [5_000]


@settings(max_examples=100)
@given(st.text(st.sampled_from("安屿锁湾净水AY站 aylock\n@."), max_size=60), st.text(max_size=10))
def test_every_span_holds_a_name_of_its_brand(text: str, title: str) -> None:
    whole = f"{title}\n{text}"
    names = {"安屿": {"安屿", "安屿锁", "anyulock", "a站", "ay"}, "安屿净水": {"安屿净水"}}
    for match in Matcher([ANYU]).matches(item(text, title)):
        assert isinstance(match, Match)
        assert list(match.spans) == sorted(set(match.spans))
        for start, end in match.spans:
            assert whole[start:end].replace(" ", "").replace(".", "").lower() in names[match.brand]


RIVALS = Client(
    "lock",
    "安屿智能家居",
    (Brand("安屿", (Alias("安屿锁"),), ("安屿湾",)),),
    competitors=(
        Brand("陌川", (Alias("陌川锁"), Alias("MC", exact_case=True)), ("陌川路",)),
        Brand("安屿锁王", ()),
    ),
)


def named(text: str) -> tuple[list[str], list[str]]:
    """Own brands and competitors, by name."""
    both = Matcher([RIVALS]).named(item(text))
    return [m.brand for m in both.brands], [m.brand for m in both.competitors]


def test_a_competitor_is_named_apart_from_the_clients_own_brands() -> None:
    assert named("陌川锁打不开，气死了") == ([], ["陌川"])
    assert named("安屿和陌川哪个好") == (["安屿"], ["陌川"])
    assert named("今天天气不错") == ([], [])
    assert Matcher([RIVALS]).matches(item("陌川锁打不开")) == []


def test_a_competitors_names_are_held_to_the_same_rules() -> None:
    assert named("住在陌川路上") == ([], [])
    assert named("mc 不是它，MC 才是") == ([], ["陌川"])
    assert named("见 https://example.cn/MC") == ([], [])


def test_the_longer_name_decides_between_the_client_and_a_competitor() -> None:
    assert named("安屿锁王又来碰瓷") == ([], ["安屿锁王"])
    assert named("安屿锁王碰瓷安屿锁") == (["安屿"], ["安屿锁王"])


def test_a_brand_lost_to_a_competitors_longer_name_says_so() -> None:
    lost = Matcher([RIVALS]).missed(item("安屿锁王又来碰瓷"))
    assert {(m.brand, m.by, m.competitor) for m in lost} == {("安屿", "安屿锁王", False)}
    (rival,) = Matcher([RIVALS]).missed(item("住在陌川路上"))
    assert (rival.brand, rival.by, rival.competitor) == ("陌川", "陌川路", True)
    assert Matcher([RIVALS]).why_not(item("住在陌川路上")) == []


@given(
    st.lists(
        st.sampled_from(["陌川", "陌川锁", "陌川路", "安屿", "安屿湾", "打不开", "，"]), max_size=12
    ).map("".join)
)
def test_competitors_never_change_what_is_said_of_the_client_unless_their_name_is_longer(text: str) -> None:
    alone = Matcher([Client(RIVALS.id, RIVALS.name, RIVALS.brands)])
    beside = Matcher([Client(RIVALS.id, RIVALS.name, RIVALS.brands, competitors=RIVALS.competitors[:1])])
    assert beside.matches(item(text)) == alone.matches(item(text))
