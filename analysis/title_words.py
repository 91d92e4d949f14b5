"""The words of a headline that carried its verdict.

The verdict is linear in named features. Of these the categories of words, the sentiment model's two scores
and the log-odds of the n-grams are sums over words, and are given back to them exactly. The rest is form,
length and probabilities: no words.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.features import Floats, features, over_characters
from analysis.headline_grams import load_grams
from analysis.headlines import MARK, Seen, feature_table, load_headlines, load_words, read_as, see
from analysis.model import CLASSES, Weights
from analysis.segmenting import Cutter
from analysis.told import Told, words_with
from wanglou.domain.mention import Sentiment

_SCORES = ("base polarity", "base neutral")
_LOG_ODDS = tuple(f"wording {name}, log" for name in CLASSES)
_GAP = "\0"
"""Stands for the brand where a line is cut into words: it joins none."""


def title_words(base: Weights, cutter: Cutter, told: Sequence[tuple[str, Sentiment]]) -> list[Told]:
    """For each (headline with MARK for the brand, label) its words and what they add to the label.

    First the listed words, then the line's words in order with what its n-grams say: a word may stand twice.
    """
    if not told:
        return []
    learnt = load_headlines()
    names, table = feature_table(base, [(line, (MARK,), ()) for line, _ in told])
    towards = 1.5 * (learnt.weights - learnt.weights.mean(axis=0))
    towards = towards[[CLASSES.index(label.value) for _, label in told]]
    lines = [see(line, (MARK,)) for line, _ in told]
    added = [dict(zip(names, row, strict=True)) for row in (towards * table).tolist()]
    listed = [_listed(line, parts) for line, parts in zip(lines, added, strict=True)]
    spoken = _spoken(base, cutter, lines, dict(zip(names, towards.T, strict=True)))
    return [named.followed_by(words) for named, words in zip(listed, spoken, strict=True)]


def _listed(line: Seen, added: Mapping[str, float]) -> Told:
    """Each category's part in equal shares over the words of it that stand in the line."""
    known = load_words()
    told: dict[str, float] = {}
    for category, words in {**known.trouble, **known.calm}.items():
        here = [word for word in words if word in line.text]
        for word in here:
            told[word] = told.get(word, 0.0) + added.get(category, 0.0) / len(here)
    return Told(tuple(told), tuple(told.values()))


def _spoken(
    base: Weights, cutter: Cutter, lines: Sequence[Seen], towards: Mapping[str, Floats]
) -> list[Told]:
    """The lines' words with what their n-grams say; ``towards``: a weight a line, by feature."""
    found = features([read_as(line) for line in lines])
    parts = np.hstack([base.shares(found), load_grams().shares(found)])
    weights = np.stack([towards[name] for name in (*_SCORES, *_LOG_ODDS)], axis=1)
    added = over_characters(found, (parts * weights[found.text]).sum(axis=1))
    return words_with(cutter, [line.text.replace(MARK, _GAP) for line in lines], added).told
