"""Labelled texts for training and measuring: reading them, and who may see which part."""

import csv
import gzip
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path

from analysis.model import CLASSES


class Part(StrEnum):
    """What a text is for; a text's own words decide, so that a copy never sits on both sides."""

    TRAIN = "train"
    CALIBRATION = "calibration"
    TEST = "test"


class BadCorpusError(Exception):
    """A folder or file of labelled texts cannot be used."""


@dataclass(frozen=True, slots=True)
class Corpora:
    """All texts of a folder, by file, then line. ``label`` holds places in CLASSES.

    ``digest`` names exactly these texts and labels.
    """

    corpus: tuple[str, ...]
    text: tuple[str, ...]
    label: tuple[int, ...]
    digest: str

    @property
    def three_class(self) -> frozenset[str]:
        """The corpora that know neutral texts."""
        neutral = CLASSES.index("neu")
        return frozenset(c for c, label in zip(self.corpus, self.label, strict=True) if label == neutral)

    @property
    def two_class(self) -> frozenset[str]:
        """The corpora that know pos and neg alone."""
        return frozenset(self.corpus) - self.three_class

    def only(self, places: Sequence[int], digest: str) -> "Corpora":
        """The texts at these places, under a digest of their own."""
        return Corpora(
            tuple(pick(self.corpus, places)),
            tuple(pick(self.text, places)),
            tuple(self.label[place] for place in places),
            digest,
        )

    def parts(self, seed: int) -> tuple[Part, ...]:
        """Each text's part."""
        return parts_of(self.text, seed)


def read_corpora(folder: Path) -> Corpora:
    """Read every ``*.csv.gz`` (columns text, label) of ``folder``. Raises BadCorpusError."""
    files = sorted(folder.glob("*.csv.gz"))
    if not files:
        raise BadCorpusError(f"{folder}: no *.csv.gz; expected gzip'd CSV files with columns text,label")
    corpus: list[str] = []
    texts: list[str] = []
    labels: list[int] = []
    digest = hashlib.sha256()
    for file in files:
        name = file.name.removesuffix(".csv.gz")
        for text, label in _rows(file):
            corpus.append(name)
            texts.append(text)
            labels.append(label)
            digest.update(f"{name}\x1f{text}\x1f{label}\x1e".encode())
    return Corpora(tuple(corpus), tuple(texts), tuple(labels), digest.hexdigest())


def parts_of(texts: Iterable[str], seed: int) -> tuple[Part, ...]:
    """Each text's part, in order."""
    return tuple(part_of(text, seed) for text in texts)


def part_of(text: str, seed: int) -> Part:
    """85 texts in 100 train, 5 calibrate, 10 test."""
    share = int.from_bytes(hashlib.sha256(f"{seed}\n{text}".encode()).digest()[:4]) % 100
    if share < 85:  # noqa: PLR2004 -- the shares are in the docstring
        return Part.TRAIN
    return Part.CALIBRATION if share < 90 else Part.TEST  # noqa: PLR2004


def pick(values: Sequence[str], chosen: Sequence[int]) -> list[str]:
    """The values at these places."""
    return [values[i] for i in chosen]


def _rows(file: Path) -> Iterator[tuple[str, int]]:
    try:
        with gzip.open(file) as raw, TextIOWrapper(raw, encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream)
            for row in rows:
                if row.get("label") not in CLASSES or row.get("text") is None:
                    place = f"{file}:{rows.line_num}"
                    raise BadCorpusError(f"{place}: expected text and a label of {', '.join(CLASSES)}")
                yield row["text"], CLASSES.index(row["label"])
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise BadCorpusError(f"{file}: cannot be read as gzip'd UTF-8 CSV: {error}") from error
