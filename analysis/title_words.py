"""The words of a headline that carried its verdict: what each category of words adds, shared by its words."""

from collections.abc import Sequence

from analysis.headlines import MARK, feature_table, load_headlines, load_words, see
from analysis.model import CLASSES, Weights
from wanglou.domain.mention import Sentiment

Words = tuple[tuple[str, float], ...]


def title_words(base: Weights, told: Sequence[tuple[str, Sentiment]]) -> list[Words]:
    """For each (headline with MARK for the brand, label) its words and what they add to the label.

    The model is linear, so this is exact; what is left over is form, length and the base model's scores,
    which are no words, and what its n-grams say.
    """
    if not told:
        return []
    learnt = load_headlines()
    names, table = feature_table(base, [(line, (MARK,), ()) for line, _ in told])
    spread = 1.5 * (learnt.weights - learnt.weights.mean(axis=0))
    found = []
    for (line, label), row in zip(told, table, strict=True):
        added = spread[CLASSES.index(label.value)] * row
        found.append(_words(line, dict(zip(names, added.tolist(), strict=True))))
    return found


def _words(line: str, added: dict[str, float]) -> Words:
    """Each category's part in equal shares over the words of it that stand in the line."""
    text = see(line, (MARK,)).text
    known = load_words()
    told: dict[str, float] = {}
    for category, words in {**known.trouble, **known.calm}.items():
        here = [word for word in words if word in text]
        for word in here:
            told[word] = told.get(word, 0.0) + added.get(category, 0.0) / len(here)
    return tuple(told.items())
