"""Pictures speak: those that say the same to everyone are read as the word they say, place by place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.branded import score_for_brand
from analysis.emoji import as_words
from analysis.model import load_weights
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


@given(st.text())
def test_no_character_moves(text: str) -> None:
    assert len(as_words(text)) == len(text)


@pytest.mark.parametrize(
    "text", ["यह उत्पाद बहुत खराब है", "これは本当にひどい製品です", "Очень плохое качество"]
)
def test_another_language_is_unsure_without_a_brand_too(base: Reader, text: str) -> None:
    (found,) = base.score([text])
    assert found.unsure
