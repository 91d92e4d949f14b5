import pytest

from analysis.text import Segmenter
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
    found = topics.read("充电的时候起火了")
    assert found.topics == (Topic.PRODUCT_SAFETY,)
    assert found.words == ("起火",)


def test_a_word_across_other_words_borders_is_none(topics: TopicReader) -> None:
    assert topics.read("周末一起火锅吧").topics == ()


def test_a_lexicon_in_traditional_script_works(topics: TopicReader) -> None:
    assert topics.read("热水器漏电").words == ("漏电",)


@pytest.mark.parametrize(
    "text",
    ["没有起火", "并没有发生起火", "仓库没有发生任何起火", "不会起火", "并非严重的起火", "未发生起火"],
)
def test_what_is_denied_does_not_count(topics: TopicReader, text: str) -> None:
    assert topics.read(text).topics == ()


@pytest.mark.parametrize("text", ["不退款就投诉", "没有道歉，直接起火", "不是没有起火"])
def test_a_negation_of_something_else_denies_nothing(topics: TopicReader, text: str) -> None:
    assert topics.read(text).topics != ()


@pytest.mark.parametrize("text", ["这不是虚假宣传是什么", "难道不是欺诈吗？"])
def test_a_rhetorical_question_affirms(topics: TopicReader, text: str) -> None:
    assert topics.read(text).topics == (Topic.FALSE_ADVERT,)


def test_more_words_come_first_then_longer_ones_then_the_lists_order(topics: TopicReader) -> None:
    assert topics.read("客服推诿,不退款,起火").topics[0] is Topic.SERVICE_COMPLAINT
    assert topics.read("投诉噪音扰民").topics == (Topic.ENVIRONMENT, Topic.SERVICE_COMPLAINT)
    assert topics.read("今天召回").topics == (Topic.PRODUCT_SAFETY, Topic.REGULATOR)


def test_a_repeated_word_adds_nothing(topics: TopicReader) -> None:
    found = topics.read("投诉投诉投诉,虚假宣传")
    assert found.topics[0] is Topic.FALSE_ADVERT
    assert found.words == ("投诉", "虚假宣传")


def test_an_empty_lexicon_finds_nothing(topics: TopicReader) -> None:
    assert TopicReader(Lexicon(), topics._segmenter).read("起火").topics == ()
