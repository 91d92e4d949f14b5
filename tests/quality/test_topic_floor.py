"""Floors under the topics, cross-validated on our own sentences; lowering one needs a changelog line.

The sentences and the weak words have one author: on other people's texts expect less.
"""

from collections import Counter

import pytest

from analysis.topic_model import FEATURES, TOPICS, TROUBLE, load_topics
from analysis.topic_training import TopicFigures, cross_validate, learn, read_sentences
from analysis.topics import TopicReader
from benchmarks.topics import words_of_the_sample

PER_TOPIC = 40


@pytest.fixture(scope="module")
def words() -> TopicReader:
    return words_of_the_sample()


@pytest.fixture(scope="module")
def figures(words: TopicReader) -> TopicFigures:
    return cross_validate(read_sentences(), words)


def test_every_topic_has_its_sentences_and_there_are_hard_ones_of_none() -> None:
    found = read_sentences()
    counts = Counter(s.topic for s in found)
    assert all(counts[topic] >= PER_TOPIC for topic in TOPICS)
    assert counts[None] >= 3 * PER_TOPIC
    assert len({s.text for s in found}) == len(found)


@pytest.mark.parametrize(("figure", "floor"), [("first", 0.79), ("recall", 0.61), ("precision", 0.80)])
def test_topics_do_not_fall_below_their_floor(figures: TopicFigures, figure: str, floor: float) -> None:
    assert getattr(figures, figure) >= floor


def test_calm_sentences_with_words_of_trouble_seldom_alarm(figures: TopicFigures) -> None:
    assert figures.alarmed <= 0.11


def test_weak_words_find_several_times_what_crisis_words_find(figures: TopicFigures) -> None:
    assert figures.recall >= 3 * figures.by_words


def test_the_shipped_weights_are_those_that_the_sentences_teach(words: TopicReader) -> None:
    shipped, again = load_topics(), learn(read_sentences(), words)
    assert shipped.weights.shape == (len(TOPICS), len(FEATURES))
    assert len(shipped.trouble) == len(TROUBLE) + 1
    assert shipped.weights == pytest.approx(again.weights, abs=2e-3)
    assert shipped.holds_from == pytest.approx(again.holds_from)
    assert shipped.about["sentences"] == again.about["sentences"]
    assert shipped.about["words"] == again.about["words"]
