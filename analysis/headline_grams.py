"""What the wording of a headline says beyond the listed words: hashed character n-grams, three small tables.

Learnt from headlines alone, so that the linear model over named features can take it as a few more of them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.archives import NOT_ONE, packed, unpacked
from analysis.features import BITS as MODEL_BITS
from analysis.features import Features, Floats, features
from analysis.model import CLASSES, BadWeightsError, softmax

LEARNT = Path(__file__).parent / "weights" / "headline_grams.npz"

FORMAT = 1
BITS = 16
BUCKETS = 1 << BITS


@dataclass(frozen=True, slots=True, eq=False)
class Grams:
    """``tables`` (3 classes × BUCKETS) and ``rarity`` (BUCKETS) are small integers times a step each."""

    tables: NDArray[np.int8]
    rarity: NDArray[np.uint8]
    steps: tuple[float, float]
    bias: Floats
    about: Mapping[str, Any]
    id: str = ""

    def chances(self, lines: Sequence[str]) -> Floats:
        """P of each class, shape (lines, 3). ``lines``: cleaned, one character for the brand."""
        found = features(lines)
        shares = self.shares(found).T
        columns = [np.bincount(found.text, share, found.texts) for share in shares]
        return softmax(np.stack(columns, axis=1) + self.bias)

    def shares(self, found: Features) -> Floats:
        """What each feature adds to the log-odds of the classes of its line, shape (features, 3)."""
        bucket = buckets(found)
        value = self.rarity[bucket] * self.steps[1]
        lengths = np.sqrt(np.bincount(found.text, value * value, found.texts))
        lengths[lengths == 0] = 1.0
        added = self.tables[:, bucket] * (value * self.steps[0] / lengths[found.text])
        return np.asarray(added.T)


def buckets(found: Features) -> NDArray[np.int64]:
    """The bucket of each feature, fewer than the sentiment model's."""
    return found.bucket >> (MODEL_BITS - BITS)


def save_grams(grams: Grams) -> bytes:
    """The file: an npz without objects, whose ``header`` is JSON. The same tables give the same bytes."""
    header = {
        "format": FORMAT,
        "bits": BITS,
        "classes": CLASSES,
        "steps": grams.steps,
        "bias": grams.bias.tolist(),
        "about": dict(grams.about),
    }
    return packed(header, {"tables": grams.tables, "rarity": grams.rarity})


@cache
def load_grams(path: Path = LEARNT) -> Grams:
    """Read the tables; the file's sha256 is their id. Raises BadWeightsError, OSError."""
    data = path.read_bytes()
    try:
        header, (tables, rarity) = unpacked(data, "tables", "rarity")
    except NOT_ONE as error:
        raise BadWeightsError(f"{path}: not headline n-grams ({error}); take the shipped file") from error
    if header.get("format") != FORMAT or tables.shape != (len(CLASSES), BUCKETS):
        raise BadWeightsError(f"{path}: headline n-grams of another format; take the shipped file")
    steps = (float(header["steps"][0]), float(header["steps"][1]))
    identity = hashlib.sha256(data).hexdigest()
    return Grams(tables, rarity, steps, np.array(header["bias"]), header["about"], identity)
