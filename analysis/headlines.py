"""Headlines from a brand's point of view: what kind of trouble or calm they name, who they are about.

A small linear model over features with names (categories of words, form, the base model's two scores, what
the wording as a whole says, the brand's recent headlines), so that every verdict can be taken apart. Pure: no
clock, no files but the weights.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from analysis.comparing import READ_AS
from analysis.features import Floats, features
from analysis.headline_grams import Grams, load_grams
from analysis.model import CLASSES, BadWeightsError, Weights, softmax
from analysis.newer_words import as_known_words
from analysis.text import clean_text

HERE = Path(__file__).parent / "weights"
WORDS = HERE / "headline_words.toml"
LEARNT = HERE / "headlines.json"

FORMAT = 2
MARK = "它它它"
"""Stands for the brand while a headline is judged; no cleaned text holds it by chance."""

_MANY = 2.0
_BARE = 2
_AS_SUBJECT = ("被", "遭", "涉", "疑")
_SPEAKS = ("回应", "致歉", "道歉", "就", "发布声明", "声明")
_AS_PLACE = ("在", "坐", "开着", "去", "逛", "用", "偷", "住进", "买")
_AS_OBJECT = ("向", "致歉", "道歉", "诋毁", "竞品", "山寨")
_BOYCOTT = ("抵制", "卸载")
_LEAST = 1e-4
_SURE = 0.99
_MOST = 10.0

Asked = tuple[str, Sequence[str], Sequence[str]]
"""A title, the names of the brand in it, and the brand's other headlines of the last 48 hours."""


@dataclass(frozen=True, slots=True)
class Words:
    """Categories in order, the troubles first; ``strip`` is taken out before they are looked for."""

    strip: tuple[str, ...]
    trouble: Mapping[str, tuple[str, ...]]
    calm: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A headline with the brand masked, and how many words of each category it holds."""

    text: str
    trouble: Mapping[str, int]
    calm: Mapping[str, int]

    @property
    def troubled(self) -> bool:
        """Whether it names any trouble."""
        return any(self.trouble.values())


@dataclass(frozen=True, slots=True)
class Line:
    """A headline with the brand's recent ones."""

    seen: Seen
    recent: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Headlines:
    """The learnt weights, shape (3 classes, features), with a bias a class."""

    names: tuple[str, ...]
    weights: Floats
    bias: Floats
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class HeadlineScore:
    """P of each class for the brand, and the categories of trouble and calm the headline names."""

    p_neg: float
    p_neu: float
    p_pos: float
    trouble: tuple[str, ...]
    calm: tuple[str, ...] = ()


def score_headline(
    base: Weights, title: str, names: Sequence[str], context: Sequence[str] = ()
) -> HeadlineScore:
    """P(neg), P(neu), P(pos) of one headline for the brand called ``names``.

    ``context``: the brand's headlines of the last 48 hours without this one, in any order; none is allowed.
    """
    return score_headlines(base, [(title, names, context)])[0]


def score_headlines(base: Weights, asked: Sequence[Asked]) -> list[HeadlineScore]:
    """The same for many (title, names, context), in order."""
    return judge_headlines(base, load_headlines(), load_grams(), asked)


def judge_headlines(
    base: Weights, learnt: Headlines, grams: Grams, asked: Sequence[Asked]
) -> list[HeadlineScore]:
    """The same by other weights than the shipped ones; a delta of ``base`` moves it as it moves posts."""
    if not asked:
        return []
    _, table = feature_table(base, asked, grams)
    seen = [see(title, names) for title, names, _ in asked]
    shift = base.shift(as_known_words(read_as(line)) for line in seen)
    chances = softmax(table @ learnt.weights.T + learnt.bias + shift).tolist()
    return [
        HeadlineScore(neg, neu, pos, _named(line.trouble), _named(line.calm))
        for (neg, neu, pos), line in zip(chances, seen, strict=True)
    ]


def feature_table(
    base: Weights, asked: Sequence[Asked], grams: Grams | None = None
) -> tuple[tuple[str, ...], Floats]:
    """The names of the features and one row of them a headline; ``grams``: the shipped ones if None."""
    lines = [Line(see(t, names), tuple(see(c, names) for c in context)) for t, names, context in asked]
    named, plain = named_table(base, lines)
    told, wording = wording_table(grams or load_grams(), lines)
    return named + told, np.hstack([plain, wording])


def named_table(base: Weights, lines: Sequence[Line]) -> tuple[tuple[str, ...], Floats]:
    """The features that words, form, base model and the words of recent headlines give."""
    found = features([read_as(line.seen) for line in lines])
    scores, _ = base.plain.scores(found)
    rows = [
        {
            **_categories(line.seen),
            **_form(line.seen),
            **_base(score, chance),
            **_recent(line.seen, line.recent),
        }
        for line, score, chance in zip(lines, scores, base.probabilities(scores, found), strict=True)
    ]
    return tuple(rows[0]), np.array([list(row.values()) for row in rows])


def wording_table(grams: Grams, lines: Sequence[Line]) -> tuple[tuple[str, ...], Floats]:
    """What the n-grams of the headline and of the recent ones say."""
    texts = [read_as(seen) for line in lines for seen in (line.seen, *line.recent)]
    chances, rows, at = grams.chances(texts), [], 0
    for line in lines:
        own, recent = chances[at], chances[at + 1 : at + 1 + len(line.recent)]
        rows.append(_wording(own, recent))
        at += 1 + len(recent)
    return tuple(rows[0]), np.array([list(row.values()) for row in rows])


def see(title: str, names: Sequence[str]) -> Seen:
    """Mask the brand, longest name first, fold the text, and count the words of every category."""
    text = clean_text(title.replace("#", ""))
    for name in sorted({clean_text(n) for n in names if n.strip()}, key=len, reverse=True):
        text = text.replace(name, MARK)
    plain = text
    words = load_words()
    for word in words.strip:
        plain = plain.replace(word, "")
    return Seen(text, _count(plain, words.trouble), _count(plain, words.calm))


@cache
def load_words() -> Words:
    """The shipped categories."""
    data = tomllib.loads(WORDS.read_text(encoding="utf-8"))
    trouble = {name: tuple(words) for name, words in data["trouble"].items()}
    calm = {name: tuple(words) for name, words in data["calm"].items()}
    return Words(tuple(data["strip"]["words"]), trouble, calm)


@cache
def load_headlines(path: Path = LEARNT) -> Headlines:
    """Read learnt weights. Raises BadWeightsError, OSError."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        found = Headlines(
            tuple(data["features"]), np.array(data["weights"]), np.array(data["bias"]), data["about"]
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadWeightsError(f"{path}: not headline weights ({error}); take the shipped file") from error
    if data.get("format") != FORMAT or found.weights.shape != (len(CLASSES), len(found.names)):
        raise BadWeightsError(f"{path}: headline weights of another format; take the shipped file")
    return found


def _count(text: str, categories: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    return {name: sum(word in text for word in words) for name, words in categories.items()}


def _named(counts: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(name for name, count in counts.items() if count)


def _categories(seen: Seen) -> dict[str, float]:
    counts = {**seen.trouble, **seen.calm}
    return {name: min(float(n), _MANY) for name, n in counts.items()}


def _form(seen: Seen) -> dict[str, float]:
    """Who it is about, and how trouble and calm meet."""
    before, _, after = seen.text.partition(MARK)
    rest = seen.text.replace(MARK, "").strip()
    calm = any(seen.calm.values())
    troubles = sum(seen.trouble.values())
    answers = "回应" in seen.text
    found = {
        "named": MARK in seen.text,
        "bare name": len(rest) <= _BARE,
        "name first": seen.text.startswith(MARK),
        "length": float(np.log1p(len(rest))),
        "trouble": seen.troubled,
        "trouble words": min(troubles, 4) / 2,
        "trouble kinds": sum(n > 0 for n in seen.trouble.values()) / 2,
        "calm": calm,
        "trouble alone": seen.troubled and not calm,
        "nothing named": not seen.troubled and not calm,
        "suffers": after.startswith(_AS_SUBJECT),
        "speaks": after.startswith(_SPEAKS),
        "is a place": before.endswith(_AS_PLACE),
        "is spoken to": before.endswith(_AS_OBJECT),
        "is shunned": before.endswith(_BOYCOTT),
        "rebuts trouble": seen.troubled and seen.calm["rebuttal"] > 0,
        "a number": any(c.isdigit() for c in seen.text),
        "answers trouble": answers and seen.troubled,
        "answers": answers and not seen.troubled,
    }
    return {name: float(value) for name, value in found.items()}


def _base(scores: Floats, chances: Floats) -> dict[str, float]:
    values = [*scores.tolist(), *chances.tolist()]
    return dict(
        zip(("base polarity", "base neutral", "base neg", "base neu", "base pos"), values, strict=True)
    )


def _recent(seen: Seen, context: Sequence[Seen]) -> dict[str, float]:
    """What the brand's last headlines named; apart for a headline that names no trouble itself."""
    shares = [s.troubled for s in context]
    kinds = {name for s in context for name, n in s.trouble.items() if n}
    found = {
        "recent": float(bool(context)),
        "recent many": float(np.log1p(len(context))) / 2,
        "recent trouble share": sum(shares) / max(len(context), 1),
        "recent trouble": float(any(shares)),
        "recent kinds": len(kinds) / 5,
        "recent calm share": sum(any(s.calm.values()) for s in context) / max(len(context), 1),
    }
    alone = 0.0 if seen.troubled else 1.0
    return {**found, **{f"{name}, none here": value * alone for name, value in found.items()}}


def _wording(own: Floats, recent: Floats) -> dict[str, float]:
    """Recent headlines count apart for a headline that says little by itself."""
    found = {f"wording {c}": float(p) for c, p in zip(CLASSES, own, strict=True)}
    found |= {f"wording {c}, log": float(np.log(max(p, _LEAST))) for c, p in zip(CLASSES, own, strict=True)}
    trouble = recent[:, 0] if len(recent) else np.zeros(1)
    told = {
        "recent wording": float(len(recent) > 0),
        "recent wording neg": float(trouble.mean()),
        "recent wording worst": float(trouble.max()),
        "recent wording sum": min(float(-np.log1p(-np.minimum(trouble, _SURE)).sum()) / 3, _MOST),
        "recent wording pos": float(recent[:, 2].mean()) if len(recent) else 0.0,
    }
    for share, when in ((1 - float(own[0]), "not neg here"), (float(own[1]), "neu here")):
        found |= {f"{name}, {when}": value * share for name, value in told.items()}
    return found | told


def read_as(seen: Seen) -> str:
    """The words that n-grams are taken of: with one character in the brand's place."""
    return seen.text.replace(MARK, READ_AS)
