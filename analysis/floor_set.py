"""The floor set: sentences of our own with the verdict a desk would give, which no delta may make worse.

Files beside the weights: posts without a brand, plain ones apart, posts for a brand, headlines for one, and
the posts held back from the base, which are the hard ones. The shipped headline weights have learnt from the
headlines; a delta never learns from any of them.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from analysis.brand_reader import Asked
from analysis.model import CLASSES
from analysis.own_posts import HELD_POSTS, read_posts, sentences_in
from analysis.trying import Case

_HERE = Path(__file__).parent / "weights"
_NAMED = "云砚"
"""For the brand in posts that leave its name open."""

OWN = _HERE / "own_sentences.tsv"
"""Columns text, label, topic."""

PLAIN = _HERE / "plain_sentences.tsv"
"""Columns text, label: plain praise, complaint and fact, so that a delta that harms the plainest is seen."""

OWN_FOR_BRANDS = _HERE / "own_brand_sentences.tsv"
"""Columns brand, text, label."""

OWN_HEADLINES = _HERE / "headlines.tsv"
"""Columns brand, title, label."""


@cache
def floor_set() -> tuple[Case, ...]:
    """All sentences, as they are read for their brand."""
    return tuple(_cases())


@cache
def floor_digest() -> str:
    """sha256 of the files: the same digest, the same floor."""
    digest = hashlib.sha256()
    for path in (OWN, PLAIN, OWN_FOR_BRANDS, OWN_HEADLINES, HELD_POSTS):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _cases() -> Iterator[Case]:
    for row in (*sentences_in(OWN), *sentences_in(PLAIN)):
        yield Case(Asked("", row["text"], ()), CLASSES.index(row["label"]))
    for row in sentences_in(OWN_FOR_BRANDS):
        yield Case(asked_of("", row["text"], row["brand"]), CLASSES.index(row["label"]))
    for row in sentences_in(OWN_HEADLINES):
        yield Case(asked_of(row["title"], "", row["brand"]), CLASSES.index(row["label"]))
    for post in read_posts(HELD_POSTS):
        yield Case(asked_of("", post.about(_NAMED), _NAMED), post.label)


def asked_of(title: str, text: str, brand: str) -> Asked:
    """What a reader is asked about these words, wherever ``brand`` stands in them."""
    places = [found.span() for found in re.finditer(re.escape(brand), f"{title}\n{text}")]
    return Asked(title, text, places)
