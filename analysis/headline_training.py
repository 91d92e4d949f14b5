"""Learns how headlines are read from labelled ones, and measures it on brands kept back.

Two steps: n-grams of the headline alone, then a linear model over named features with what the n-grams say.
What the second learns from is told by n-grams that were learnt without the brand in question.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from analysis.comparing import READ_AS
from analysis.features import Floats, Indexes, features
from analysis.headline_grams import BUCKETS, Grams, buckets
from analysis.headlines import FORMAT, HERE, MARK, Headlines, Line, named_table, see, wording_table
from analysis.measuring import macro_f1
from analysis.model import CLASSES, Weights
from analysis.text import clean_text

OWN = HERE / "headlines.tsv"
"""Headlines written for this project about invented brands; columns brand, title, label."""

_C = {"grams": 0.6, "named": 0.05}
_FOLDS = 5
_APART = 4
"""Groups of brands, each told by n-grams learnt from the others."""

_DIGITS = 4
_CHUNK = 4_000

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Headline:
    """A labelled headline. ``names``: what the brand is called; ``context``: its last 48 hours.

    ``counts``: how much it weighs when it is learnt from.
    """

    brand: str
    names: tuple[str, ...]
    title: str
    label: str
    context: tuple[str, ...] = ()
    counts: float = 1.0


@dataclass(frozen=True, slots=True)
class HeadlineFigures:
    """Each figure is the mean over several ways of cutting the brands into folds."""

    macro_f1: float
    f1_neg: float
    f1_neu: float
    f1_pos: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """Both steps."""

    headlines: Headlines
    grams: Grams


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Labelled headlines as what is learnt from, made once for all folds."""

    rows: tuple[Headline, ...]
    lines: tuple[Line, ...]
    names: tuple[str, ...]
    plain: Floats
    grams: sparse.csr_matrix
    rarity: tuple[NDArray[np.uint8], float]
    labels: Indexes
    counts: Floats


def read_own(path: Path = OWN) -> list[Headline]:
    """The project's own headlines."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Headline(r["brand"], (r["brand"],), r["title"], r["label"], counts=0.7) for r in rows]


def prepare(base: Weights, rows: Sequence[Headline], common: Sequence[str]) -> Material:
    """``common``: headlines of any kind and without labels, which tell how rare each n-gram is."""
    lines = tuple(Line(see(h.title, h.names), tuple(see(c, h.names) for c in h.context)) for h in rows)
    names, plain = named_table(base, lines)
    rarity = _rarity(_counted([clean_text(title.replace("#", "")) for title in common]))
    grams = _scaled(_counted([line.seen.text.replace(MARK, READ_AS) for line in lines]), rarity)
    labels = np.array([CLASSES.index(h.label) for h in rows], dtype=np.int64)
    counts = np.array([h.counts for h in rows])
    return Material(tuple(rows), lines, names, plain, grams, rarity, labels, counts)


def fit(base: Weights, material: Material) -> Learnt:
    """What ``material`` teaches; each class weighs the same."""
    about = {"headlines": len(material.rows), "base": base.id}
    return _fit(material, np.ones(len(material.rows), dtype=np.bool_), about)


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


def without(material: Material, base: Weights, held: Sequence[Headline]) -> Learnt:
    """What ``material`` teaches of other brands and titles than those ``held`` back."""
    return _fit(material, np.array(may_learn(material.rows, held)), {"base": base.id})


def cross_validate(
    material: Material, base: Weights, judged: int, seeds: Sequence[int]
) -> tuple[HeadlineFigures, HeadlineFigures]:
    """Five folds over the brands of the first ``judged`` rows, once a seed: titles alone, and with context.

    A fold learns from the rows that name none of the fold's brands and are none of its titles.
    """
    alone = [replace(line, recent=()) for line in material.lines[:judged]]
    bare = named_table(base, alone)[1]
    found = []
    for seed in seeds:
        verdicts = np.zeros((2, judged), dtype=np.int64)
        for tested in _folds(material.rows[:judged], seed):
            learnt = without(material, base, [material.rows[i] for i in tested])
            for way, (lines, plain) in enumerate(((alone, bare), (material.lines, material.plain))):
                wording = wording_table(learnt.grams, [lines[i] for i in tested])[1]
                table = np.hstack([plain[tested], wording])
                logits = table @ learnt.headlines.weights.T + learnt.headlines.bias
                verdicts[way, tested] = logits.argmax(axis=1)
        found.append([_scores(material.labels[:judged], way) for way in verdicts])
    means = np.mean(found, axis=0)
    return HeadlineFigures(*means[0].tolist()), HeadlineFigures(*means[1].tolist())


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


def _folds(rows: Sequence[Headline], seed: int) -> Iterator[Indexes]:
    brands = np.array(sorted({h.brand for h in rows}))
    shuffled = np.random.default_rng(seed).permutation(brands)
    fold_of = {brand: place % _FOLDS for place, brand in enumerate(shuffled.tolist())}
    folds = np.array([fold_of[h.brand] for h in rows])
    for fold in range(_FOLDS):
        yield np.flatnonzero(folds == fold)


def _fit(material: Material, learns: Bools, about: Mapping[str, object]) -> Learnt:
    told = _told_apart(material, learns)
    grams = _fit_grams(material, learns)
    table = np.hstack([material.plain, told])[learns]
    weights, bias = _fitted(table, material, learns, _C["named"])
    columns = material.names + wording_table(grams, material.lines[:1])[0]
    return Learnt(Headlines(columns, weights, bias, about), replace(grams, about=about))


def _told_apart(material: Material, learns: Bools) -> Floats:
    """What n-grams learnt without a headline's brand say of it; only of the rows that ``learns`` names."""
    brands = np.array([h.brand for h in material.rows])
    names = sorted(set(brands[learns].tolist()))
    shuffled = np.random.default_rng(0).permutation(np.array(names)).tolist()
    group_of = {brand: place % _APART for place, brand in enumerate(shuffled)}
    groups = np.array([group_of.get(brand, -1) for brand in brands])
    told: Floats | None = None
    for group in sorted(set(group_of.values())):
        here = np.flatnonzero(learns & (groups == group))
        others = learns & np.array(may_learn(material.rows, [material.rows[i] for i in here]))
        grams = _fit_grams(material, others if others.any() else learns)
        table = wording_table(grams, [material.lines[i] for i in here])[1]
        told = np.zeros((len(material.rows), table.shape[1])) if told is None else told
        told[here] = table
    if told is None:
        raise ValueError("no headline to learn from")
    return told


def _fit_grams(material: Material, learns: Bools) -> Grams:
    rows = material.grams[np.flatnonzero(learns)]
    used = np.unique(rows.indices)
    weights, bias = _fitted(rows[:, used], material, learns, _C["grams"])
    tables = np.zeros((len(CLASSES), BUCKETS))
    tables[:, used] = weights
    step = max(float(np.abs(tables).max()), 1e-9) / 127
    rarity, rare_step = material.rarity
    return Grams(np.rint(tables / step).astype(np.int8), rarity, (step, rare_step), bias, {})


def _fitted(
    table: Floats | sparse.csr_matrix, material: Material, learns: Bools, c: float
) -> tuple[Floats, Floats]:
    labels = material.labels[learns]
    if len(set(labels.tolist())) < len(CLASSES):
        raise ValueError("headlines of all three classes are needed to learn from")
    model = LogisticRegression(C=c, max_iter=2_000, class_weight="balanced")
    model.fit(table, labels, sample_weight=material.counts[learns])
    return np.asarray(model.coef_), np.asarray(model.intercept_)


def _counted(lines: Sequence[str]) -> sparse.csr_matrix:
    """Which n-grams each line has, shape (lines, BUCKETS), ones."""
    blocks = [_block(lines[i : i + _CHUNK]) for i in range(0, len(lines), _CHUNK)]
    return sparse.vstack(blocks, format="csr") if blocks else sparse.csr_matrix((0, BUCKETS))


def _block(lines: Sequence[str]) -> sparse.csr_matrix:
    found = features(lines)
    ones = np.ones(len(found.bucket))
    block = sparse.csr_matrix((ones, (found.text, buckets(found))), shape=(found.texts, BUCKETS))
    block.data[:] = np.maximum(block.data, 1.0)
    return block


def _rarity(counts: sparse.csr_matrix) -> tuple[NDArray[np.uint8], float]:
    """Inverse document frequency, smoothed, in 255 steps up to that of an n-gram never seen."""
    rarity = np.log((1 + counts.shape[0]) / (1 + np.bincount(counts.indices, minlength=BUCKETS))) + 1
    step = float(rarity.max()) / 255
    return np.rint(rarity / step).astype(np.uint8), step


def _scaled(counts: sparse.csr_matrix, rarity: tuple[NDArray[np.uint8], float]) -> sparse.csr_matrix:
    scaled = counts.copy()
    scaled.data = counts.data * rarity[0][counts.indices] * rarity[1]
    lengths = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
    return (sparse.diags(1 / np.maximum(lengths, 1e-9)) @ scaled).tocsr()


def _scores(truth: Indexes, verdicts: Indexes) -> list[float]:
    each = [
        2
        * float(((truth == c) & (verdicts == c)).sum())
        / max(int((truth == c).sum() + (verdicts == c).sum()), 1)
        for c in range(len(CLASSES))
    ]
    return [macro_f1(truth, verdicts), *each]
