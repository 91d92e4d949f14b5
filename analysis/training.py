"""Trains the sentiment weights; the only home of scikit-learn and scipy.

Polarity is logistic regression plus NBSVM (Wang and Manning 2012: the same regression on features scaled by
their log-count ratio). Both are linear over the same features, so that one table holds their sum. Neutral is
the same two, learnt from corpora with neutral texts; the others tell the first of the two a little. Kinds of
text (analysis/kinds.py) are the corpora.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from analysis.corpora import Corpora, Part
from analysis.features import BUCKETS, LONGEST, Features, Floats, Indexes, features
from analysis.kinds_training import characters, learn_kinds, learn_reach
from analysis.measuring import Figures, labelled, macro_f1, measure
from analysis.model import Weights, roots, tabled
from analysis.ngrams import code_points
from analysis.text import clean_text

SEED = 1
"""Decides which texts train, calibrate and test; the quality floors hold for this one."""

_CALIBRATION_WEIGHT = 0.3
_NBSVM_SHARE = 0.8
_C = {"polarity": 6.0, "nbsvm": 8.0, "neutral": 4.0}
_SMOOTHING = 0.25
_PLATEAU = 0.003
_RIGHT_WHEN_SURE = 0.8
_NEG, _NEU, _POS = range(3)
_CHUNK = 4_000

Say = Callable[[str], None]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Choices:
    """What trades one measure for another; `python -m benchmarks.reading_trades` shows how.

    ``two_class_weight``: of a text from a corpus without neutral texts, when neutral is learnt. ``by_kind``:
    whether the kind of text moves pos against neg.
    """

    two_class_weight: float = 0.03
    by_kind: bool = True


SHIPPED_CHOICES = Choices()


def train(
    corpora: Corpora, say: Say, seed: int = SEED, choices: Choices = SHIPPED_CHOICES
) -> tuple[Weights, Figures]:
    """Weights learnt from ``corpora``, and their figures on the test part.

    ``say`` is told each stage. The same corpora, seed and choices give the same weights.
    """
    say(f"{len(corpora.text)} texts of {len(set(corpora.corpus))} corpora: counting n-grams")
    seen = [clean_text(t) for t in corpora.text]
    counts = _matrix(seen)
    label = np.array(corpora.label, dtype=np.int64)
    part = np.array(corpora.parts(seed))
    learns = part == Part.TRAIN
    rarity, step = _rarity(counts[learns])
    rare = rarity.astype(np.float64) * step
    scaled = _unit_length(counts, rare)
    say("fitting pos against neg")
    polarity, polarity_step = _rooted(_fit_polarity(scaled, label, learns) * rare)
    say("fitting neutral")
    weighs = _weighs(corpora, choices.two_class_weight)
    neutral, neutral_step = _rooted(_fit_neutral(scaled, weighs, label == _NEU, learns) * rare)
    say("telling kinds of texts apart")
    told = characters(code_points([text[:LONGEST] for text in seen]))
    kinds = learn_kinds(told[learns], np.array(corpora.corpus)[learns])
    about = {"seed": seed, "corpora": corpora.digest, "texts": len(corpora.text)}
    steps = (polarity_step, neutral_step, step)
    raw = Weights(tabled(polarity, neutral, rarity), steps, kinds, np.zeros((3, 3)), 0.5, 0.0, about)
    say("calibrating on texts kept back")
    rows = np.flatnonzero(part == Part.CALIBRATION)
    reaching = _reaching(raw, corpora, label, rows) if choices.by_kind else raw
    weights = _calibrated(reaching, corpora, label, rows)
    say("measuring on other texts kept back")
    figures = measure(weights, corpora, seed)
    rounded = {k: round(v, 4) for k, v in asdict(figures).items() if isinstance(v, float)}
    return replace(weights, about={**about, "figures": rounded}), figures


def _matrix(texts: list[str]) -> sparse.csr_matrix:
    """Which features each text has, shape (texts, BUCKETS), ones."""
    blocks = [_block(features(texts[i : i + _CHUNK])) for i in range(0, len(texts), _CHUNK)]
    return sparse.vstack(blocks, format="csr")


def _block(found: Features) -> sparse.csr_matrix:
    rows = np.concatenate([[0], np.cumsum(np.bincount(found.text, minlength=found.texts))])
    ones = np.ones(len(found.bucket), dtype=np.float32)
    return sparse.csr_matrix((ones, found.bucket.astype(np.int32), rows), shape=(found.texts, BUCKETS))


def _rarity(counts: sparse.csr_matrix) -> tuple[NDArray[np.uint8], float]:
    """Inverse document frequency, smoothed, in 255 steps up to that of a feature never seen."""
    texts = counts.shape[0]
    rarity = np.log((1 + texts) / (1 + np.bincount(counts.indices, minlength=BUCKETS))) + 1
    step = float(rarity.max()) / 255
    return np.rint(rarity / step).astype(np.uint8), step


def _unit_length(counts: sparse.csr_matrix, rare: Floats) -> sparse.csr_matrix:
    scaled = counts.copy()
    scaled.data = rare[scaled.indices].astype(np.float32)
    lengths = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
    return (sparse.diags(1 / np.maximum(lengths, 1e-9)) @ scaled).astype(np.float32).tocsr()


def _fit_polarity(scaled: sparse.csr_matrix, label: Indexes, learns: Bools) -> Floats:
    spoken = learns & (label != _NEU)
    rows, is_pos = scaled[spoken], (label == _POS)[spoken]
    plain = _fit(rows, is_pos, _C["polarity"])
    return plain + _NBSVM_SHARE * _fit_nbsvm(rows, is_pos, _C["nbsvm"])


def _fit_neutral(scaled: sparse.csr_matrix, weighs: Floats, is_neutral: Bools, learns: Bools) -> Floats:
    knows, counts = learns & (weighs == 1.0), learns & (weighs > 0.0)
    plain = _fit(scaled[counts], is_neutral[counts], _C["neutral"], weighs[counts])
    return (plain + _fit_nbsvm(scaled[knows], is_neutral[knows], _C["neutral"])) / 2


def _fit_nbsvm(rows: sparse.csr_matrix, truth: Bools, c: float) -> Floats:
    ratio = _log_ratio(rows, truth)
    return ratio * _fit((rows @ sparse.diags(ratio)).tocsr(), truth, c)


def _weighs(corpora: Corpora, two_class: float) -> Floats:
    return np.where(np.isin(corpora.corpus, sorted(corpora.three_class)), 1.0, two_class)


def _fit(rows: sparse.csr_matrix, truth: Bools, c: float, weighs: Floats | None = None) -> Floats:
    """Weights alone: the bias is found when calibrating."""
    model = LogisticRegression(C=c, solver="liblinear", tol=1e-2, random_state=0)
    return np.asarray(model.fit(rows, truth, sample_weight=weighs).coef_[0], dtype=np.float64)


def _log_ratio(rows: sparse.csr_matrix, truth: Bools) -> Floats:
    """How much more of each feature the texts hold of which it is true than the others."""
    these = _SMOOTHING + rows.T @ truth.astype(np.float64)
    others = _SMOOTHING + rows.T @ (~truth).astype(np.float64)
    return np.asarray(np.log((these / these.sum()) / (others / others.sum())))


def _rooted(table: Floats) -> tuple[NDArray[np.int8], float]:
    """The table as roots, −127 … 127, of its steps: large weights are kept, small ones told apart."""
    step = float(np.abs(table).max()) / 127**2
    return roots(table / step), step


def _reaching(raw: Weights, corpora: Corpora, label: Indexes, rows: Indexes) -> Weights:
    """Fit each kind's reach on the pos and neg texts of ``rows``."""
    spoken = rows[label[rows] != _NEU]
    found = features([clean_text(corpora.text[i]) for i in spoken])
    polarity = raw.scores(found)[0][:, 0]
    stretch, lean = learn_reach(raw.kinds.shares(found.points), polarity, label[spoken] == _POS)
    return replace(raw, kinds=replace(raw.kinds, stretch=stretch, lean=lean))


def _calibrated(reaching: Weights, corpora: Corpora, label: Indexes, rows: Indexes) -> Weights:
    """Fit the softmax on ``rows``, then the two thresholds on the three-class texts among them."""
    found = features([clean_text(corpora.text[i]) for i in rows])
    scores, _ = reaching.scores(found)
    placed = reaching.placed(scores, found)
    weighs = _weighs(corpora, _CALIBRATION_WEIGHT)[rows]
    model = LogisticRegression(C=100.0, max_iter=2_000).fit(placed, label[rows], weighs)
    fitted = replace(reaching, softmax=np.column_stack([model.coef_, model.intercept_]))
    chances = fitted.probabilities(scores, found)
    names = np.array(corpora.corpus)[rows]
    neutral_at = _best_neutral(chances, label[rows], names, sorted(corpora.three_class))
    three = np.isin(names, sorted(corpora.three_class))
    unsure_below = _doubt(chances[three], label[rows][three], neutral_at)
    return replace(fitted, neutral_at=neutral_at, unsure_below=unsure_below)


def _best_neutral(chances: Floats, label: Indexes, names: NDArray[np.str_], three: list[str]) -> float:
    """The middle of the thresholds whose mean macro-F1 is as good as the best, but for noise."""

    def mean_f1(at: float) -> float:
        verdicts = labelled(chances, at)
        return float(np.mean([macro_f1(label[names == n], verdicts[names == n]) for n in three]))

    found = {at / 20: mean_f1(at / 20) for at in range(6, 15)}
    good = [at for at, f1 in found.items() if f1 >= max(found.values()) - _PLATEAU]
    return float(np.round(np.mean(good), 2))


def _doubt(chances: Floats, label: Indexes, neutral_at: float) -> float:
    """The lowest bar above which _RIGHT_WHEN_SURE of the verdicts are right."""
    verdicts = labelled(chances, neutral_at)
    confidence = chances[np.arange(len(verdicts)), verdicts]
    right = verdicts == label
    for bar in (b / 100 for b in range(34, 96)):
        if right[confidence >= bar].mean() >= _RIGHT_WHEN_SURE:
            return bar
    return 0.95
