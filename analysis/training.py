"""Trains the sentiment weights; the only home of scikit-learn and scipy.

Polarity is logistic regression plus NBSVM (Wang and Manning 2012: the same regression on features scaled by
their log-count ratio). Both are linear over the same features, so that one table holds their sum. Neutral is
the same two, learnt from corpora with neutral texts; the others tell the first of the two a little. Kinds of
text (analysis/kinds.py) are the corpora. Posts of our own (analysis/own_posts.py) are learnt from as one more
corpus, and never measured by: what they bring is measured on posts written apart.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from analysis.bands_training import bands_of_kinds, doubt
from analysis.comparing import READ_AS
from analysis.corpora import Corpora, Part, parts_of
from analysis.features import BUCKETS, LONGEST, Features, Floats, Indexes, features
from analysis.kinds_training import characters, learn_kinds, learn_reach
from analysis.measuring import Figures, labelled, measure
from analysis.model import Weights, roots, tabled
from analysis.newer_words import as_known_words
from analysis.ngrams import Numbers, code_points
from analysis.own_posts import OWN, OwnPost, digest_of, read_posts
from analysis.text import clean_text

SEED = 1
"""Decides which texts train, calibrate and test; the quality floors hold for this one."""

_CALIBRATION_WEIGHT = 0.3
"""In the softmax, of a text that is of no public corpus with neutral texts."""

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


@dataclass(frozen=True, slots=True, eq=False)
class _Texts:
    """What is learnt from, an entry a text: as it is read, its label, its corpus and what it is for.

    ``three_class``: whether its corpus knows neutral texts.
    """

    seen: list[str]
    label: Indexes
    corpus: NDArray[np.str_]
    part: NDArray[np.str_]
    three_class: Bools

    @classmethod
    def of(cls, corpora: Corpora, own: Sequence[OwnPost], seed: int) -> Self:
        """``own`` behind the others, as they are read for a brand; those of the test part train."""
        posts = [post.text for post in own]
        parts = [Part.TRAIN if part is Part.TEST else part for part in parts_of(posts, seed)]
        names = np.array([*corpora.corpus, *[OWN] * len(own)])
        return cls(
            [clean_text(text) for text in corpora.text]
            + [as_known_words(clean_text(post.about(READ_AS))) for post in own],
            np.array([*corpora.label, *(post.label for post in own)], dtype=np.int64),
            names,
            np.array([*corpora.parts(seed), *parts]),
            np.isin(names, [*corpora.three_class, OWN]),
        )

    @property
    def learns(self) -> Bools:
        """Which of them train."""
        return np.asarray(self.part == Part.TRAIN)

    @property
    def kinds(self) -> NDArray[np.str_]:
        """The kinds there are, in order: the corpora of those that train."""
        return np.unique(self.corpus[self.learns])

    @property
    def is_neutral(self) -> Bools:
        """Which of them are neutral."""
        return np.asarray(self.label == _NEU)

    def weighs(self, two_class: float) -> Floats:
        """One for a text of a corpus with neutral texts, else ``two_class``."""
        return np.where(self.three_class, 1.0, two_class)

    def points(self, rows: Indexes) -> Numbers:
        """The code points of some of them, as kinds are told by."""
        return code_points([self.seen[i][:LONGEST] for i in rows])

    def features(self, rows: Indexes) -> Features:
        """The n-grams of some of them."""
        return features([self.seen[i] for i in rows])


def train(
    corpora: Corpora,
    say: Say,
    seed: int = SEED,
    choices: Choices = SHIPPED_CHOICES,
    own: Sequence[OwnPost] | None = None,
) -> tuple[Weights, Figures]:
    """Weights learnt from ``corpora`` and our ``own`` posts (None: those shipped); figures on the test part.

    ``say`` is told each stage. The same texts, seed and choices give the same weights.
    """
    posts = read_posts() if own is None else own
    say(f"{len(corpora.text)} texts of {len(set(corpora.corpus))} corpora, {len(posts)} own posts: n-grams")
    texts = _Texts.of(corpora, posts, seed)
    counts = _matrix(texts.seen)
    rarity, step = _rarity(counts[texts.learns])
    rare = rarity.astype(np.float64) * step
    scaled = _unit_length(counts, rare)
    say("fitting pos against neg")
    polarity, polarity_step = _rooted(_fit_polarity(scaled, texts, texts.learns) * rare)
    say("fitting neutral")
    neutral, neutral_step = _rooted(_fit_neutral(scaled, texts, texts.learns, choices) * rare)
    say("telling kinds of texts apart")
    told = characters(texts.points(np.arange(len(texts.seen))))
    kinds = learn_kinds(told[texts.learns], texts.corpus[texts.learns], texts.kinds)
    about = {
        "seed": seed,
        "corpora": corpora.digest,
        "own": digest_of(posts),
        "texts": len(texts.seen),
    }
    steps = (polarity_step, neutral_step, step)
    raw = Weights(tabled(polarity, neutral, rarity), steps, kinds, np.zeros((3, 3)), 0.5, 0.0, about)
    say("reading what trains by weights that never saw it")
    unseen = _read_unseen(scaled, told, texts, choices)
    say("calibrating on texts kept back")
    reaching = _reaching(raw, texts, unseen) if choices.by_kind else raw
    fitted = _calibrated(reaching, texts)
    say("setting neutral bands by texts that train, each read unseen")
    known = np.flatnonzero(texts.learns & texts.three_class)
    at, band = bands_of_kinds(
        fitted.chances(unseen.scores[known], kinds.shares(texts.points(known))),
        texts.label[known],
        texts.corpus[known],
        texts.kinds.tolist(),
    )
    if choices.by_kind:
        fitted = replace(fitted, kinds=replace(fitted.kinds, band=band))
    weights = _doubting(replace(fitted, neutral_at=at), texts)
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


def _fit_polarity(scaled: sparse.csr_matrix, texts: _Texts, learns: Bools) -> Floats:
    spoken = learns & ~texts.is_neutral
    rows, is_pos = scaled[spoken], (texts.label == _POS)[spoken]
    plain = _fit(rows, is_pos, _C["polarity"])
    return plain + _NBSVM_SHARE * _fit_nbsvm(rows, is_pos, _C["nbsvm"])


def _fit_neutral(scaled: sparse.csr_matrix, texts: _Texts, learns: Bools, choices: Choices) -> Floats:
    weighs, is_neutral = texts.weighs(choices.two_class_weight), texts.is_neutral
    knows, counts = learns & texts.three_class, learns & (weighs > 0.0)
    plain = _fit(scaled[counts], is_neutral[counts], _C["neutral"], weighs[counts])
    return (plain + _fit_nbsvm(scaled[knows], is_neutral[knows], _C["neutral"])) / 2


def _fit_nbsvm(rows: sparse.csr_matrix, truth: Bools, c: float) -> Floats:
    ratio = _log_ratio(rows, truth)
    return ratio * _fit((rows @ sparse.diags(ratio)).tocsr(), truth, c)


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


@dataclass(frozen=True, slots=True, eq=False)
class _Unseen:
    """What trains, read by thirds that never saw it: scores and shares of kinds; of other texts nought."""

    scores: Floats
    shares: Floats


def _read_unseen(
    scaled: sparse.csr_matrix, told: sparse.csr_matrix, texts: _Texts, choices: Choices
) -> _Unseen:
    scores = np.zeros((len(texts.label), 2))
    shares = np.zeros((len(texts.label), len(texts.kinds)))
    third = np.random.default_rng(0).integers(_THIRDS, size=len(texts.label))
    for left in range(_THIRDS):
        others, unseen = texts.learns & (third != left), np.flatnonzero(texts.learns & (third == left))
        polarity = _fit_polarity(scaled, texts, others)
        neutral = _fit_neutral(scaled, texts, others, choices)
        scores[unseen] = scaled[unseen] @ np.column_stack([polarity, neutral])
        kinds = learn_kinds(told[others], texts.corpus[others], texts.kinds)
        for some in np.array_split(unseen, len(unseen) // _CHUNK + 1):
            shares[some] = kinds.shares(texts.points(some))
    return _Unseen(scores, shares)


def _reaching(raw: Weights, texts: _Texts, unseen: _Unseen) -> Weights:
    """Set each kind's reach: the mean of two fits on pos and neg texts.

    Texts kept back are few and read as they will be; those that train are many and read by lesser weights.
    The first alone is right most often, the second alone is believed most rightly (docs/reading.md).
    """
    spoken = np.flatnonzero((texts.part == Part.CALIBRATION) & ~texts.is_neutral)
    found = texts.features(spoken)
    few = learn_reach(raw.kinds.shares(found.points), raw.scores(found)[0][:, 0], texts.label[spoken] == _POS)
    spoken = np.flatnonzero(texts.learns & ~texts.is_neutral)
    many = learn_reach(unseen.shares[spoken], unseen.scores[spoken, 0], texts.label[spoken] == _POS)
    stretch, lean = np.mean([few, many], axis=0)
    return replace(raw, kinds=replace(raw.kinds, stretch=stretch, lean=lean))


def _calibrated(reaching: Weights, texts: _Texts) -> Weights:
    """Fit the softmax on texts kept back."""
    rows = np.flatnonzero(texts.part == Part.CALIBRATION)
    found = texts.features(rows)
    placed = reaching.placed(reaching.scores(found)[0], found)
    weighs = np.where(texts.three_class & (texts.corpus != OWN), 1.0, _CALIBRATION_WEIGHT)[rows]
    model = LogisticRegression(C=100.0, max_iter=2_000).fit(placed, texts.label[rows], weighs)
    return replace(reaching, softmax=np.column_stack([model.coef_, model.intercept_]))


def _doubting(banded: Weights, texts: _Texts) -> Weights:
    """Set the bar of doubt by three-class texts kept back."""
    known = np.flatnonzero((texts.part == Part.CALIBRATION) & texts.three_class)
    judged = banded.judged(texts.features(known))
    verdicts = labelled(judged.chances, judged.bands)
    return replace(banded, unsure_below=doubt(judged.chances, texts.label[known], verdicts))
