"""Learns the headline weights from labelled headlines, and measures them on brands kept back."""

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from analysis.headlines import FORMAT, HERE, Headlines, feature_table
from analysis.measuring import macro_f1
from analysis.model import CLASSES, Floats, Indexes, Weights

OWN = HERE / "headlines.tsv"
"""Headlines written for this project about invented brands; columns brand, title, label."""

_C = 1.0
_FOLDS = 5
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Headline:
    """A labelled headline. ``names``: what the brand is called; ``context``: its last 48 hours."""

    brand: str
    names: tuple[str, ...]
    title: str
    label: str
    context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeadlineFigures:
    """Each figure is the mean over several ways of cutting the brands into folds."""

    macro_f1: float
    f1_neg: float
    f1_neu: float
    f1_pos: float


def read_own(path: Path = OWN) -> list[Headline]:
    """The project's own headlines."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Headline(r["brand"], (r["brand"],), r["title"], r["label"]) for r in rows]


def fit(base: Weights, rows: Sequence[Headline]) -> Headlines:
    """Weights from ``rows``: logistic regression in which each class weighs the same."""
    names, table = _table(base, rows)
    weights, bias = _fit(table, _labels(rows))
    return Headlines(names, weights, bias, {"headlines": len(rows), "base": base.id})


def written(learnt: Headlines) -> str:
    """The text of a weights file."""
    data = {
        "format": FORMAT,
        "about": dict(learnt.about),
        "features": learnt.names,
        "weights": np.round(learnt.weights, _DIGITS).tolist(),
        "bias": np.round(learnt.bias, _DIGITS).tolist(),
    }
    return json.dumps(data, ensure_ascii=False, sort_keys=True) + "\n"


def cross_validate(
    base: Weights, judged: Sequence[Headline], also: Sequence[Headline], seeds: Sequence[int]
) -> HeadlineFigures:
    """Five folds over the brands of ``judged``, once a seed.

    A fold learns from the other folds and from those of ``also`` that name none of the fold's brands and are
    none of its titles.
    """
    everything = [*judged, *also]
    _, table = _table(base, everything)
    labels = _labels(everything)
    truth = labels[: len(judged)]
    found = [_scores(truth, _predicted(judged, also, table, labels, seed)) for seed in seeds]
    return HeadlineFigures(*np.mean(found, axis=0).tolist())


def _predicted(
    judged: Sequence[Headline], also: Sequence[Headline], table: Floats, labels: Indexes, seed: int
) -> Indexes:
    brands = np.array(sorted({h.brand for h in judged}))
    shuffled = np.random.default_rng(seed).permutation(brands)
    fold_of = {brand: place % _FOLDS for place, brand in enumerate(shuffled.tolist())}
    folds = np.array([fold_of[h.brand] for h in judged])
    verdicts = np.zeros(len(judged), dtype=np.int64)
    for fold in range(_FOLDS):
        held = [h for h, f in zip(judged, folds, strict=True) if f == fold]
        rows = np.array([*(folds != fold), *may_learn(also, held)], dtype=np.bool_)
        weights, bias = _fit(table[rows], labels[rows])
        tested = np.flatnonzero(folds == fold)
        verdicts[tested] = (table[tested] @ weights.T + bias).argmax(axis=1)
    return verdicts


def may_learn(also: Sequence[Headline], held: Sequence[Headline]) -> list[bool]:
    """Which of ``also`` share neither a title nor a brand with ``held``."""
    names = {name for h in held for name in (h.brand, *h.names)}
    titles = {_tight(h.title) for h in held}
    return [
        h.brand not in names
        and _tight(h.title) not in titles
        and not any(name in _tight(h.title) for name in names)
        for h in also
    ]


def _tight(title: str) -> str:
    return title.replace(" ", "")


def _table(base: Weights, rows: Sequence[Headline]) -> tuple[tuple[str, ...], Floats]:
    return feature_table(base, [(h.title, h.names, h.context) for h in rows])


def _labels(rows: Sequence[Headline]) -> Indexes:
    return np.array([CLASSES.index(h.label) for h in rows], dtype=np.int64)


def _fit(table: Floats, labels: Indexes) -> tuple[Floats, Floats]:
    model = LogisticRegression(C=_C, max_iter=3_000, class_weight="balanced").fit(table, labels)
    return np.asarray(model.coef_), np.asarray(model.intercept_)


def _scores(truth: Indexes, verdicts: Indexes) -> list[float]:
    each = [
        2
        * float(((truth == c) & (verdicts == c)).sum())
        / max(int((truth == c).sum() + (verdicts == c).sum()), 1)
        for c in range(len(CLASSES))
    ]
    return [macro_f1(truth, verdicts), *each]
