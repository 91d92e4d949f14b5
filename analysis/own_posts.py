"""Posts about invented brands, written and labelled for this project: what no public corpus holds.

Public corpora are reviews and old microblogs, in which feeling is told by words of feeling. What a desk reads
tells it by what happened: a recall in dry words, praise as a little story, a joke at the brand's cost.
"""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from analysis.model import CLASSES

_HERE = Path(__file__).parent / "weights"

OWN_POSTS = _HERE / "own_posts.tsv"
"""Columns text, label, topic; {brand} stands for the name. Training learns from all of them."""

HELD_POSTS = _HERE / "held_posts.tsv"
"""The same columns, written apart under the same brief. Nothing learns from them, corrections neither."""

OWN = "own"
"""What the posts are called among corpora."""

_NAME = "{brand}"


class OwnPost(NamedTuple):
    """``label``: a place in CLASSES, how it is for the brand. ``topic``: the trouble told, empty for none."""

    text: str
    label: int
    topic: str

    def about(self, name: str) -> str:
        """The text with ``name`` for the brand."""
        return self.text.replace(_NAME, name)


def read_posts(path: Path = OWN_POSTS) -> list[OwnPost]:
    """The posts of a file, in its order."""
    return [OwnPost(row["text"], CLASSES.index(row["label"]), row["topic"]) for row in sentences_in(path)]


def sentences_in(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a file of our own sentences, by column."""
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)


def digest_of(posts: Sequence[OwnPost]) -> str:
    """sha256 that names exactly these posts, labels and topics."""
    return hashlib.sha256("".join("\x1f".join(map(str, p)) + "\x1e" for p in posts).encode()).hexdigest()
