"""A headline's words are given what its linear model took from them, no more and no less."""

import pytest

from analysis.features import features
from analysis.headline_grams import load_grams
from analysis.headlines import MARK, feature_table, load_headlines, load_words, read_as, see
from analysis.model import CLASSES, load_weights
from analysis.segmenting import QuickSegmenter
from analysis.title_words import title_words
from wanglou.domain.mention import Sentiment

LINES = [
    (f"{MARK}豆浆机为何总是半夜自己响", Sentiment.NEG),
    (f"消费者称{MARK}滤芯造假", Sentiment.NEG),
    (f"{MARK}携手冰雪节", Sentiment.POS),
    (MARK, Sentiment.NEU),
]


def test_what_the_wording_says_is_shared_out_whole() -> None:
    base, learnt = load_weights(), load_headlines()
    weights = 1.5 * (learnt.weights - learnt.weights.mean(axis=0))
    column = learnt.names.index
    for (line, label), told in zip(LINES, title_words(base, QuickSegmenter(), LINES), strict=True):
        found = features([read_as(see(line, (MARK,)))])
        row = weights[CLASSES.index(label.value)]
        odds = load_grams().shares(found).sum(axis=0)
        said = row[[column(f"wording {name}, log") for name in CLASSES]] @ odds
        said += row[[column("base polarity"), column("base neutral")]] @ base.scores(found)[0][0]
        listed = feature_table(base, [(line, (MARK,), ())])[1][0] * row
        said += sum(listed[column(name)] for name in (*load_words().trouble, *load_words().calm))
        assert sum(told.adds) == pytest.approx(said)


def test_a_batch_and_one_by_one_tell_the_same_words() -> None:
    cutter, base = QuickSegmenter(), load_weights()
    together = title_words(base, cutter, LINES)
    for told, line in zip(together, LINES, strict=True):
        [alone] = title_words(base, cutter, [line])
        assert list(told.words) == list(alone.words)
        assert list(told.adds) == pytest.approx(list(alone.adds))
