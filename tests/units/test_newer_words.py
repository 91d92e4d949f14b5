"""Newer words, set phrases and pictures are read as what they say, and what they add is shown at them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.branded import score_for_brand
from analysis.model import load_weights
from analysis.newer_words import as_known_words
from analysis.reading import Reader
from analysis.segmenting import QuickSegmenter
from wanglou.domain.agency import Lexicon
from wanglou.domain.mention import Sentiment


@pytest.fixture(scope="module")
def base() -> Reader:
    return Reader(load_weights(), Lexicon(), QuickSegmenter([]))


@pytest.mark.parametrize("text", ["云砚的新品🤮🤮", "云砚这服务👎", "云砚又排队两小时😡😡"])
def test_disgust_and_anger_are_bad_news(base: Reader, text: str) -> None:
    assert score_for_brand(base, base.weights, text, ["云砚"]).score.label is Sentiment.NEG


@pytest.mark.parametrize("text", ["云砚的新品👍👍", "今天也去了云砚🥰", "云砚❤️"])
def test_thumbs_up_and_hearts_are_good_news(base: Reader, text: str) -> None:
    assert score_for_brand(base, base.weights, text, ["云砚"]).score.label is Sentiment.POS


def test_a_clown_is_left_to_a_person(base: Reader) -> None:
    found = score_for_brand(base, base.weights, "云砚真有一套🤡", ["云砚"])
    assert "mocking" in found.why
    assert found.score.unsure


def test_the_words_shown_hold_the_picture_and_what_it_added(base: Reader) -> None:
    told = base.explain("新品出来了👍")
    added = dict(told.words)
    assert "".join(added) == told.cleaned
    assert added["👍"] > 0
    assert sum(value for word, value in base.explain("买了它家的，踩雷").words if set(word) & set("踩雷")) > 0


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("云砚的新品，踩雷。", Sentiment.NEG),
        ("买了云砚才知道是割韭菜。", Sentiment.NEG),
        ("云砚的做工太拉胯", Sentiment.NEG),
        ("不会回购云砚了。", Sentiment.NEG),
        ("云砚yyds，闭眼入。", Sentiment.POS),
        ("云砚从没踩雷，绝绝子。", Sentiment.POS),
        ("云砚没让我失望。", Sentiment.POS),
        ("云砚的售后，没得说。", Sentiment.POS),
        ("用到现在挑不出毛病，云砚值这个价。", Sentiment.POS),
    ],
)
def test_newer_words_and_set_phrases_say_what_they_say(base: Reader, text: str, label: Sentiment) -> None:
    assert score_for_brand(base, base.weights, text, ["云砚"]).score.label is label


@pytest.mark.parametrize(
    "text", ["云砚避雷针通过验收", "云砚将会回购股份", "值不值这个价", "高速上有翻车事故"]
)
def test_what_only_holds_such_a_word_is_left_as_it_is(text: str) -> None:
    assert as_known_words(text) == text


@given(st.text() | st.text(st.sampled_from("没让我失望不踩雷会回购避针yds👍")))
def test_no_character_moves(text: str) -> None:
    assert len(as_known_words(text)) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "यह उत्पाद बहुत खराब है",
        "これは本当にひどい製品です",
        "Очень плохое качество",
        "Questo prodotto si è rotto subito, mai più",
        "The new one broke within a week",
    ],
)
def test_another_language_is_unsure_without_a_brand_too(base: Reader, text: str) -> None:
    (found,) = base.score([text])
    assert found.unsure
