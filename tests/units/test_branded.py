"""A text judged for one brand: which clauses count, which way a comparison goes, when to ask a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.branded import is_headline, score_for_brand
from analysis.clauses import BRAND, Why, about_brand
from analysis.comparing import comparison
from analysis.headlines import MARK, see
from analysis.jieba_segmenter import Segmenter
from analysis.model import Weights, load_weights
from analysis.reading import Reader
from wanglou.domain.agency import Lexicon
from wanglou.domain.mention import Sentiment

PIECES = st.lists(
    st.sampled_from([BRAND, "竞品", "比", "好", "差", "，", "。", "但是", "不", "没有", "ok"]), max_size=14
)


def masked(text: str, *names: str) -> str:
    return see(text, names).text.replace(MARK, BRAND)


@pytest.fixture(scope="module")
def base() -> Weights:
    return load_weights()


@pytest.fixture(scope="module")
def reader(base: Weights, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(base, Lexicon(), Segmenter(tmp_path_factory.mktemp("jieba"), ()))


@pytest.mark.parametrize(
    ("clause", "turn"),
    [
        ("竞品比{}差远了", 1),
        ("{}比竞品差远了", -1),
        ("{}比云砚好用", 1),
        ("云砚比{}好用", -1),
        ("{}不如云砚", -1),
        ("云砚不如{}", 1),
        ("云砚没有{}这么好", 1),
        ("{}没有云砚那么坑", 1),
        ("{}被云砚吊打", -1),
        ("{}吊打云砚", 1),
        ("{}完胜云砚", 1),
        ("云砚跟{}没法比", 1),
        ("{}跟云砚比就是个笑话", -1),
        ("云砚在{}面前就是个弟弟", 1),
        ("{}给云砚提鞋都不配", -1),
        ("{}连云砚的一半都赶不上", -1),
        ("云砚连{}的一半都赶不上", 1),
        ("云砚被{}按在地上摩擦", 1),
        ("{}把云砚比下去了", 1),
        ("{}不及云砚", -1),
        ("{}不输给云砚", 1),
        ("{}不比云砚差", 1),
        ("{}并不比云砚好", -1),
        ("没有比{}更省心的了", 1),
        ("没有比{}更坑的了", -1),
        ("没见过比{}还脆的锁", -1),
        ("从云砚换到{}", 1),
        ("从{}换成云砚", -1),
        ("早知道就买{}了", 1),
        ("还是{}的好用", 1),
        ("还不如{}", 1),
        ("今年的{}不如去年的{}", -1),
        ("{}比以前的{}流畅", 1),
        ("没见得{}比云砚好", 0),
        ("{}比", 0),
        ("云砚比松果好", 0),
        ("{}今天开门", 0),
        ("{}比云砚差一点", -1),
        ("云砚比{}差点意思", 1),
    ],
)
def test_a_comparison_is_good_news_for_the_one_it_favours(clause: str, turn: int) -> None:
    assert comparison(clause.replace("{}", BRAND)) == turn


@pytest.mark.parametrize(
    "clause",
    [
        "{}没想到这么好用",
        "{}没有异味很安全",
        "{}没有噪音很安静",
        "{}没毛病就是好",
        "{}没花多少钱就很好",
        "{}没有一点差评",
        "{}没那么差",
        "{}慢慢没了脏",
        "{}比较好",
        "{}性价比很高很值",
        "{}的对比度好",
        "{}甩锅给快递员",
        "{}秒杀活动开始了",
        "今年双十一秒杀{}",
        "{}碾压式的体验",
        "等不及{}开门",
        "{}不如改名叫坑",
        "{}比云砚便宜多少",
        "{}和云砚比哪个好",
        "从云砚换到{}后悔了",
        "{}比上周差点没排到",
        "{}的涨价让人猝不及防",
        "百闻不如一见{}",
    ],
)
def test_what_only_sounds_like_a_comparison_turns_nothing(clause: str) -> None:
    assert comparison(clause.replace("{}", BRAND)) == 0


@pytest.mark.parametrize(
    ("text", "turn"),
    [
        ("相比云砚，{}的手感更细腻", 1),
        ("对比{}，还是云砚香", -1),
        ("比起{}，云砚更难用", 1),
        ("宁可多花五百买云砚，也别碰{}", -1),
        ("宁愿多走两站坐{}，也不坐云砚", 1),
        ("用过云砚再用{}，才知道什么叫流畅", 1),
        ("用惯{}再用云砚，才明白什么叫流畅", -1),
        ("比起{}，云砚哪个好？", 0),
        ("对比{}和邻居家的，功率差不多，各有优点", 0),
        ("对比云砚跟{}，云砚更差", 0),
        ("相比云砚，{}的续航差不多", 0),
    ],
)
def test_a_comparison_may_go_over_a_comma(text: str, turn: int) -> None:
    found = about_brand(masked(text.format("安屿"), "安屿"))
    assert found.turn == turn
    assert bool(found.marks) == bool(turn)


@pytest.mark.parametrize(
    "verb",
    [
        "不如",
        "比不上",
        "比不过",
        "赶不上",
        "输给",
        "远逊于",
        "吊打",
        "完爆",
        "秒杀",
        "碾压",
        "强过",
        "胜过",
        "好过",
        "甩",
        "甩开",
    ],
)
def test_every_verb_of_comparison_is_seen_either_way(verb: str) -> None:
    assert comparison(f"{BRAND}{verb}云砚") == -comparison(f"云砚{verb}{BRAND}") != 0


@pytest.mark.parametrize("better", ["好用", "强", "靠谱", "便宜", "差", "坑", "难喝"])
def test_of_two_brands_compared_one_wins_what_the_other_loses(better: str) -> None:
    text = f"云砚比松果{better}"
    turns = [about_brand(masked(text, name)).turn for name in ("云砚", "松果")]
    assert sorted(turns) == [-1, 1]


def test_clauses_about_rivals_do_not_count_until_the_brand_is_named_again() -> None:
    found = about_brand(f"{BRAND}很好，别家天天出事，垃圾得很。{BRAND}还是喜欢")
    assert found.text == f"{BRAND}很好，{BRAND}还是喜欢"
    assert Why.OTHERS_LEFT_OUT in found.why


def test_a_text_that_never_names_the_brand_is_taken_whole() -> None:
    assert about_brand("别家天天出事，服务好差").text == "别家天天出事，服务好差"


@given(PIECES)
def test_what_is_kept_stands_in_the_text_in_order_and_never_loses_the_brand(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = about_brand(text)
    rest = iter(text)
    assert all(c in rest for c in found.text)
    assert found.text.count(BRAND) == text.count(BRAND)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("云砚可真行，呵呵", Why.MOCKING),
        ("云砚太贴心了[微笑]", Why.MOCKING),
        ("云砚の炊飯器はとてもよかったです", Why.OTHER_LANGUAGE),
        ("云砚 очень плохой сервис", Why.OTHER_LANGUAGE),
        ("云砚 정말 별로예요", Why.OTHER_LANGUAGE),
        ("云砚, il prodotto si è rotto subito", Why.OTHER_LANGUAGE),
        ("云砚 is great, I love it", Why.OTHER_LANGUAGE),
        ("云砚", Why.NOTHING_SAID),
        ("云砚 2026 11 25", Why.NOTHING_SAID),
    ],
)
def test_what_cannot_be_judged_is_left_to_a_person(
    reader: Reader, base: Weights, text: str, why: Why
) -> None:
    found = score_for_brand(reader, base, text, ("云砚",))
    assert why.value in found.why
    assert found.score.unsure


@pytest.mark.parametrize(
    "text",
    ["Yunyan so good", "Yunyan yyds", "Yunyan", "云砚很好用，我很满意", "love了 the new 云砚 is so cool 冲"],
)
def test_a_word_or_two_of_english_are_chinese_as_people_write_it(text: str) -> None:
    assert Why.OTHER_LANGUAGE not in about_brand(masked(text, "云砚", "Yunyan")).why


def test_a_won_comparison_is_good_news_though_its_words_are_bad(reader: Reader, base: Weights) -> None:
    found = score_for_brand(reader, base, "竞品比云砚差远了", ("云砚",))
    assert found.score.label is Sentiment.POS
    assert found.score.p_pos >= 0.8
    assert found.score.p_neg + found.score.p_neu + found.score.p_pos == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("云砚回应豆浆机爆炸", True),
        ("云砚回应豆浆机爆炸。", False),
        ("我的云砚豆浆机爆炸了", False),
        ("云砚豆浆机爆炸😡", False),
        ("豆浆机爆炸", False),
        ("云砚豆浆机爆炸\n现场图", False),
        ("云砚" + "长" * 40, False),
    ],
)
def test_a_headline_is_known_by_its_form(text: str, *, expected: bool) -> None:
    assert is_headline(text, masked(text, "云砚")) is expected


def test_context_moves_a_headline_and_never_a_post(reader: Reader, base: Weights) -> None:
    troubled = ("云砚豆浆机起火", "云砚被约谈", "消协点名云砚")
    post = "我家云砚用了三年，一直不知道怎么清洗"
    title = "云砚三年前就知道"
    alone, after = (score_for_brand(reader, base, title, ("云砚",), c).score.p_neg for c in ((), troubled))
    assert after > alone
    assert score_for_brand(reader, base, post, ("云砚",)) == score_for_brand(
        reader, base, post, ("云砚",), troubled
    )
