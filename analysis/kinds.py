"""What kind of text it is, by its characters, and how far that moves pos against neg. numpy only.

A kind is a corpus of training: hotel reviews, posts with emoticons, a car forum. What one word is worth, and
which way most texts lean, differs between them; only the score pos against neg is moved by it. How many texts
are neutral differs as well: that moves the band from which on they are called so, and no probability.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.ngrams import END, Numbers, grams

Floats = NDArray[np.float64]

ROW_BITS = 13
ROWS = 1 << ROW_BITS


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """``table``: what a character says for each kind, shape (ROWS, kinds), in steps; ``bias``: each kind's.

    ``stretch``: what a unit of pos against neg is worth in a text of the kind; ``lean``: what is added to it.
    ``band``: how much higher than elsewhere P(neu) must be in a text of the kind that is called neutral.
    """

    table: NDArray[np.int8]
    step: float
    bias: Floats
    stretch: Floats
    lean: Floats
    band: Floats

    def shares(self, points: Numbers) -> Floats:
        """How likely each kind is, shape (texts, kinds); ``points`` as analysis.ngrams.code_points gives."""
        ends = np.flatnonzero(points == END)
        if len(ends) < 2:  # noqa: PLR2004 -- before and behind one text
            return np.zeros((0, len(self.bias)))
        said = np.take(self.table, rows_of(points[:-1]), axis=0)
        roots = np.sqrt(np.diff(ends))[:, None]
        logits = np.add.reduceat(said, ends[:-1], axis=0, dtype=np.int32) * self.step / roots + self.bias
        grown = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(grown / grown.sum(axis=1, keepdims=True), dtype=np.float64)

    def reach(self, points: Numbers) -> tuple[Floats, Floats]:
        """Each text's stretch and lean: those of its likely kinds."""
        shares = self.shares(points)
        return shares @ self.stretch, shares @ self.lean


def rows_of(points: Numbers) -> NDArray[np.int64]:
    """The row of each character."""
    return (grams(points, 1) >> np.uint32(32 - ROW_BITS)).astype(np.int64)
