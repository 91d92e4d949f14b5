"""Readings as they are stored: of the clauses about one brand, with the way back to the item's words."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.brand_reader import Asked, BrandReader
from analysis.branded import score_for_brand
from analysis.model import load_weights
from analysis.reading import Reader
from analysis.reading_version import reading_version
from analysis.segmenting import QuickSegmenter
from analysis.text import clean_text
from wanglou.domain.agency import Lexicon
from wanglou.domain.mention import Reading, Sentiment
from wanglou.domain.topic import Topic

NAME = "云砚"
LEXICON = Lexicon(
    negations=("没有",),
    crisis={"product_safety": ("起火", "漏電"), "service_complaint": ("客服推诿",)},
)
PIECES = [
    "云砚",
    "竞品",
    "別家",
    "比",
    "好用",
    "差",
    "，",
    "。",
    "“贴心”",
    "服务",
    "ａ",
    "\u200b",
    "\n",
    "😡",
    " ",
]
ITEMS = st.builds(
    lambda title, text: asked("".join(title), "".join(text)),
    st.lists(st.sampled_from(PIECES), max_size=8),
    st.lists(st.sampled_from(PIECES), max_size=14),
)


def asked(title: str, text: str, name: str = NAME) -> Asked:
    spans = tuple(m.span() for m in re.finditer(name, f"{title}\n{text}"))
    return Asked(title, text, spans)


@pytest.fixture(scope="module")
def base() -> Reader:
    return Reader(load_weights(), LEXICON, QuickSegmenter([NAME]))


@pytest.fixture(scope="module")
def reader(base: Reader) -> BrandReader:
    return BrandReader(base, "v1")


def one(reader: BrandReader, title: str, text: str) -> Reading:
    return reader.read([asked(title, text)])[0]


def marked(found: Reading, whole: str) -> list[str]:
    return [whole[start:end] for start, end in found.marks]


def test_a_rivals_defeat_is_good_news_for_the_brand(reader: BrandReader) -> None:
    found = one(reader, "", "竞品比云砚差远了")
    assert found.label is Sentiment.POS
    assert found.why == ("compared_better",)
    assert "比云砚差" in marked(found, "\n竞品比云砚差远了")


def test_trouble_of_rivals_is_neither_the_brands_mood_nor_its_topic(reader: BrandReader) -> None:
    text = "云砚用了三年我很满意，值得推荐。别家天天起火，客服推诿，垃圾"
    found = one(reader, "", text)
    assert found.label is Sentiment.POS
    assert found.topics == ()
    assert "起火" not in "".join(marked(found, f"\n{text}"))
    assert found.why == ("others_left_out",)


def test_a_line_break_ends_a_clause_as_a_full_stop_does(reader: BrandReader) -> None:
    found = one(reader, "云砚用了三年我很满意", "别家天天起火")
    assert found.topics == ()


def test_praise_held_up_in_quotes_does_not_count(reader: BrandReader) -> None:
    text = "云砚的“良心”“贴心”服务让我等了三小时"
    plain = one(reader, "", text.replace("“", "").replace("”", ""))
    found = one(reader, "", text)
    assert found.p_neg > plain.p_neg
    assert found.why == ("quoted_praise",)
    assert "“良心”“贴心”" in "".join(marked(found, f"\n{text}"))


@pytest.mark.parametrize("text", ["朋友说“真好用”，我也买了云砚", "云砚号称“绝对安全”，结果起火了"])
def test_what_somebody_says_in_quotes_stays(reader: BrandReader, text: str) -> None:
    assert "quoted_praise" not in one(reader, "", text).why


def test_a_bare_title_is_read_as_a_headline_and_a_post_is_not(reader: BrandReader) -> None:
    line = "云砚回应豆浆机爆炸"
    assert one(reader, line, "").why == ("headline",)
    assert one(reader, line, line).why == ("headline",)
    assert "headline" not in one(reader, "", line).why
    assert "headline" not in one(reader, line, "早上在厨房里听见一声响").why


def test_a_headlines_words_are_those_of_its_categories_and_stand_where_they_are_marked(
    reader: BrandReader,
) -> None:
    found = one(reader, "豆浆机爆炸，云砚被约谈", "")
    named = {word for word, _ in found.words}
    assert {"爆炸", "约谈"} <= named
    assert set(marked(found, "豆浆机爆炸，云砚被约谈\n")) <= named


def test_a_headline_without_a_listed_word_names_those_that_its_wording_speaks_through(
    reader: BrandReader,
) -> None:
    found = one(reader, "云砚豆浆机为何总是半夜自己响", "")
    assert found.why == ("headline",)
    assert found.words
    assert all(word in "豆浆机为何总是半夜自己响" for word, _ in found.words)


def test_the_verdict_does_not_hang_on_the_brands_name(reader: BrandReader) -> None:
    names = ["乐享", "坑记", "安心堡", "苦竹", "鬼谷"]
    read = reader.read([asked("", f"今天路过{name}，门口在换招牌", name) for name in names])
    assert len({r.p_neg for r in read}) == 1
    assert all(name not in word for name in names for r in read for word, _ in r.words)


def test_marks_stand_on_the_words_as_they_were_written(reader: BrandReader) -> None:
    text = "見　云砚鎖  半夜自己打開！http://t.cn/A6x 漏電了，太坑了"
    found = one(reader, "", text)
    assert [word for _, word in found.topic_words] == ["漏电"]
    assert "漏電" in marked(found, f"\n{text}")
    written = {clean_text(words) for words in marked(found, f"\n{text}")}
    assert written <= {word for word, value in found.words if value > 0} | {"漏电"}


@settings(max_examples=150, deadline=None)
@given(st.lists(ITEMS, max_size=5))
def test_no_order_and_no_batch_changes_a_reading(reader: BrandReader, items: list[Asked]) -> None:
    together = reader.read(items)
    assert len(together) == len(items)
    backwards = reader.read(items[::-1])[::-1]
    for item, found, again in zip(items, together, backwards, strict=True):
        [alone] = reader.read([item])
        for other in (alone, again):
            assert replace(other, p_neg=0, p_neu=0, p_pos=0, words=()) == replace(
                found, p_neg=0, p_neu=0, p_pos=0, words=()
            )
            assert other.p_neg == pytest.approx(found.p_neg)


@settings(max_examples=150, deadline=None)
@given(ITEMS)
def test_marks_lie_in_the_item_in_order_and_apart(reader: BrandReader, item: Asked) -> None:
    [found] = reader.read([item])
    borders = [place for mark in found.marks for place in mark]
    assert borders == sorted(borders)
    assert all(start < end for start, end in found.marks)
    assert not borders or (borders[0] >= 0 and borders[-1] <= len(item.whole))
    assert found.p_neg + found.p_neu + found.p_pos == pytest.approx(1)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([p for p in PIECES if p not in {"\n", "\u200b"}]), max_size=14))
def test_the_worker_and_wanglou_score_agree_on_posts(
    base: Reader, reader: BrandReader, pieces: list[str]
) -> None:
    text = "".join([*pieces, "。"])  # a full stop: no headline
    found = one(reader, "", text)
    scored = score_for_brand(base, base.weights, text, (NAME,))
    assert (found.label, found.unsure) == (scored.score.label, scored.score.unsure)
    assert found.p_neg == pytest.approx(scored.score.p_neg)


def test_a_clients_band_moves_the_label_and_no_probability(reader: BrandReader) -> None:
    items = [asked("", "今天路过云砚，门口在换招牌"), asked("云砚发布新品", "")]
    for neutral_at, neutral in ((0.0, True), (1.0, False)):
        for item in items:
            [plain] = reader.read([item])
            [moved] = reader.read([replace(item, neutral_at=neutral_at)])
            assert (moved.label is Sentiment.NEU) is neutral
            assert (moved.p_neg, moved.p_neu, moved.p_pos) == (plain.p_neg, plain.p_neu, plain.p_pos)
            assert moved.model == f"v1@{neutral_at:g}" != plain.model


def test_no_items_give_no_readings(reader: BrandReader) -> None:
    assert reader.read([]) == []


def test_an_item_without_the_name_is_read_whole(reader: BrandReader) -> None:
    assert reader.read([Asked("", "客服推诿，气死我了", ())])[0].topics == (Topic.SERVICE_COMPLAINT,)


def test_the_version_names_weights_lists_and_thresholds(base: Reader) -> None:
    known = reading_version(base, LEXICON, ["云砚"])
    moved = Reader(base.weights, LEXICON, QuickSegmenter(), neutral_at=0.9)
    others = [
        reading_version(base, Lexicon(), ["云砚"]),
        reading_version(base, LEXICON, ["云砚", "松果"]),
        reading_version(moved, LEXICON, ["云砚"]),
    ]
    assert reading_version(base, LEXICON, ["云砚"]) == known
    assert len({known, *others}) == 4


@pytest.mark.parametrize(
    "text",
    [
        "这波操作我服！[笑cry] #情感# 云砚的客服我谢谢你啊",
        "#云砚开门# 今天太挤了\n别家没人\n云砚排了两小时",
        "云砚真好用。\n\n我推荐了爸妈",
        "云砚召回三万台。\n门店照常营业。",
        "我的云砚👍 用着不踩雷",
    ],
)
def test_a_line_to_score_reads_as_the_stored_post_does(base: Reader, text: str) -> None:
    stored = one(BrandReader(base, "v1"), "", text)
    single = score_for_brand(base, base.weights, text, (NAME,))
    assert not single.headline
    assert single.score[:3] == pytest.approx((stored.p_neg, stored.p_neu, stored.p_pos))
    assert single.why == stored.why
