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

from analysis.bands_training import bands_of_kinds, doubt
from analysis.corpora import Corpora, Part
from analysis.features import BUCKETS, LONGEST, Features, Floats, Indexes, features
from analysis.kinds_training import characters, learn_kinds, learn_reach
from analysis.measuring import Figures, labelled, measure
from analysis.model import Weights, roots, tabled
from analysis.ngrams import code_points
from analysis.text import clean_text

SEED = 1
"""Decides which texts train, calibrate and test; the quality floors hold for this one."""

_CALIBRATION_WEIGHT = 0.3
_NBSVM_SHARE = 0.8
_C = {"polarity": 6.0, "nbsvm": 8.0, "neutral": 4.0}
_SMOOTHING = 0.25
_THIRDS = 3
_NEG, _NEU, _POS = range(3)
_CHUNK = 4_000

Say = Callable[[str], None]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Choices:
    """What trades one measure for another; `python -m benchmarks.reading_trades` shows how.

    ``two_class_weight``: of a text from a corpus without neutral texts, when neutral is learnt. ``by_kind``:
    whether the kind of text moves pos against neg and the neutral band.
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
    label, names = np.array(corpora.label, dtype=np.int64), np.array(corpora.corpus)
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
    kinds = learn_kinds(told[learns], names[learns])
    about = {"seed": seed, "corpora": corpora.digest, "texts": len(corpora.text)}
    steps = (polarity_step, neutral_step, step)
    raw = Weights(tabled(polarity, neutral, rarity), steps, kinds, np.zeros((3, 3)), 0.5, 0.0, about)
    say("calibrating on texts kept back")
    rows = np.flatnonzero(part == Part.CALIBRATION)
    reaching = _reaching(raw, corpora, label, rows) if choices.by_kind else raw
    fitted = _calibrated(reaching, corpora, label, rows)
    say("setting neutral bands by texts that train, each read unseen")
    known = np.flatnonzero(learns & np.isin(names, sorted(corpora.three_class)))
    scores = _scored_unseen(scaled, label, weighs, learns)[known]
    shares = kinds.shares(code_points([seen[i][:LONGEST] for i in known]))
    at, band = bands_of_kinds(
        fitted.chances(scores, shares), label[known], names[known], np.unique(names[learns]).tolist()
    )
    if choices.by_kind:
        fitted = replace(fitted, kinds=replace(fitted.kinds, band=band))
    weights = _doubting(replace(fitted, neutral_at=at), corpora, label, rows)
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
    """Fit the softmax on ``rows``."""
    found = features([clean_text(corpora.text[i]) for i in rows])
    placed = reaching.placed(reaching.scores(found)[0], found)
    weighs = _weighs(corpora, _CALIBRATION_WEIGHT)[rows]
    model = LogisticRegression(C=100.0, max_iter=2_000).fit(placed, label[rows], weighs)
    return replace(reaching, softmax=np.column_stack([model.coef_, model.intercept_]))


def _scored_unseen(scaled: sparse.csr_matrix, label: Indexes, weighs: Floats, learns: Bools) -> Floats:
    """Scores of the three-class texts that train, each by tables learnt without it; of others nought."""
    scores = np.zeros((len(label), 2))
    third = np.random.default_rng(0).integers(_THIRDS, size=len(label))
    for left in range(_THIRDS):
        others, unseen = learns & (third != left), learns & (third == left) & (weighs == 1.0)
        polarity = _fit_polarity(scaled, label, others)
        neutral = _fit_neutral(scaled, weighs, label == _NEU, others)
        scores[unseen] = scaled[unseen] @ np.column_stack([polarity, neutral])
    return scores


def _doubting(banded: Weights, corpora: Corpora, label: Indexes, rows: Indexes) -> Weights:
    """Set the bar of doubt by the three-class texts among ``rows``."""
    known = rows[np.isin(np.array(corpora.corpus)[rows], sorted(corpora.three_class))]
    found = features([clean_text(corpora.text[i]) for i in known])
    judged = banded.judged(found)
    verdicts = labelled(judged.chances, judged.bands)
    return replace(banded, unsure_below=doubt(judged.chances, label[known], verdicts))
