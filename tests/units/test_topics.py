from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.jieba_segmenter import Segmenter
from analysis.model import BadWeightsError
from analysis.topic_model import load_topics
from analysis.topics import TopicReader
from wanglou.domain.agency import Lexicon
from wanglou.domain.topic import Topic

LEXICON = Lexicon(
    negations=("没有", "并没有", "不是", "不会", "未", "并非"),
    intensifiers=("严重", "那么"),
    crisis={
        "product_safety": ("起火", "召回", "漏電"),
        "service_complaint": ("投诉", "客服推诿", "不退款"),
        "environment": ("噪音扰民",),
        "false_advert": ("虚假宣传", "欺诈"),
        "regulator": ("召回",),
    },
)


@pytest.fixture(scope="module")
def topics(tmp_path_factory: pytest.TempPathFactory) -> TopicReader:
    return TopicReader(LEXICON, Segmenter(tmp_path_factory.mktemp("jieba")))


def test_a_crisis_word_speaks_for_its_topic(topics: TopicReader) -> None:
    found = topics.said("充电的时候起火了")
    assert found.topics == (Topic.PRODUCT_SAFETY,)
    assert found.words == ("起火",)


def test_a_word_across_other_words_borders_is_none(topics: TopicReader) -> None:
    assert topics.said("周末一起火锅吧").topics == ()


def test_a_lexicon_in_traditional_script_works(topics: TopicReader) -> None:
    assert topics.said("热水器漏电").words == ("漏电",)


@pytest.mark.parametrize(
    "text",
    ["没有起火", "并没有发生起火", "仓库没有发生任何起火", "不会起火", "并非严重的起火", "未发生起火"],
)
def test_what_is_denied_does_not_count(topics: TopicReader, text: str) -> None:
    assert topics.said(text).topics == ()


@pytest.mark.parametrize("text", ["不退款就投诉", "没有道歉，直接起火", "不是没有起火"])
def test_a_negation_of_something_else_denies_nothing(topics: TopicReader, text: str) -> None:
    assert topics.said(text).topics != ()


@pytest.mark.parametrize("text", ["这不是虚假宣传是什么", "难道不是欺诈吗？"])
def test_a_rhetorical_question_affirms(topics: TopicReader, text: str) -> None:
    assert topics.said(text).topics == (Topic.FALSE_ADVERT,)


def test_more_words_come_first_then_longer_ones_then_the_lists_order(topics: TopicReader) -> None:
    assert topics.said("客服推诿,不退款,起火").topics[0] is Topic.SERVICE_COMPLAINT
    assert topics.said("投诉噪音扰民").topics == (Topic.ENVIRONMENT, Topic.SERVICE_COMPLAINT)
    assert topics.said("今天召回").topics == (Topic.PRODUCT_SAFETY, Topic.REGULATOR)


def test_a_repeated_word_adds_nothing(topics: TopicReader) -> None:
    found = topics.said("投诉投诉投诉,虚假宣传")
    assert found.topics[0] is Topic.FALSE_ADVERT
    assert found.words == ("投诉", "虚假宣传")


def test_an_empty_lexicon_finds_nothing(topics: TopicReader) -> None:
    assert TopicReader(Lexicon(), topics._segmenter).said("起火").topics == ()


@pytest.mark.parametrize("text", ["抵制不了这个颜色", "封不住的香"])
def test_what_cannot_be_helped_is_no_call_to_act(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    lexicon = Lexicon(crisis={"boycott": ("抵制",), "advert_blocked": ("封",)})
    reader = TopicReader(lexicon, Segmenter(tmp_path_factory.mktemp("jieba")))
    assert reader.said(text).topics == ()


@pytest.mark.parametrize("mark", ["?", "？"])
def test_a_guarded_word_counts_in_negative_voices_only(tmp_path: Path, mark: str) -> None:
    reader = TopicReader(Lexicon(crisis={"false_advert": (f"{mark}广告",)}), Segmenter(tmp_path))
    assert reader.read("今天看到他们的广告", (0.9, 0.02)).told == ((Topic.FALSE_ADVERT, "广告"),)
    assert reader.read("今天看到他们的广告", (0.1, 0.3)).topics == ()


def test_weak_words_together_name_a_topic_and_are_told_with_it(topics: TopicReader) -> None:
    found = topics.read("刚注册完就接到推销电话,手机号肯定被卖了", (0.8, 0.05))
    assert found.topics == (Topic.DATA_LEAK,)
    assert set(found.words) == {"注册完", "推销电话", "手机号", "被卖"}


@pytest.mark.parametrize(
    "text", ["客服特别耐心,维修师傅也专业", "员工福利不错,食堂好吃", "电池耐用,没有异味,不会漏水"]
)
def test_weak_words_in_a_friendly_text_name_none(topics: TopicReader, text: str) -> None:
    assert topics.read(text, (0.03, 0.9)).topics == ()


@pytest.mark.parametrize(
    "text",
    ["将于12月5日召开临时股东大会,审议换届议案", "发布三季报,营收同比增长8%", "宣布管理层任命,王某出任总裁"],
)
def test_plain_news_is_no_trouble_by_weak_words_alone(topics: TopicReader, text: str) -> None:
    assert topics.read(text, (0.04, 0.01)).topics == ()
    assert topics.read(text, (0.7, 0.01)).topics != ()


def test_a_crisis_word_holds_in_plain_news_too(topics: TopicReader) -> None:
    assert Topic.PRODUCT_SAFETY in topics.read("昨晚起火,三家媒体到场", (0.04, 0.01)).topics


def test_several_topics_may_hold_each_with_its_words(topics: TopicReader) -> None:
    found = topics.read("充电的时候起火了,客服推诿不管,工单显示已解决", (0.9, 0.02))
    told = {topic: {word for of, word in found.told if of is topic} for topic in found.topics}
    assert told[Topic.PRODUCT_SAFETY] == {"起火"}
    assert "客服推诿" in told[Topic.SERVICE_COMPLAINT]


@given(st.text(st.sampled_from("客服起火不没有退款老板广告,好 a"), max_size=30), st.floats(0, 1))
def test_every_topic_has_words_and_every_word_stands_in_the_text(
    topics: TopicReader, text: str, p_neg: float
) -> None:
    found = topics.read(text, (p_neg, 1 - p_neg))
    assert {topic for topic, _ in found.told} == set(found.topics)
    assert len(set(found.topics)) == len(found.topics)
    assert all(word in text for word in found.words)


@pytest.mark.parametrize("content", ["", "{}", '{"format": 1}', "[1]"])
def test_damaged_topic_weights_are_refused_with_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "topics.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadWeightsError, match="take the shipped file"):
        load_topics(path)
