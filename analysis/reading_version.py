"""The name of everything that readings depend on: the same name means the same reading again."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from analysis.reading import Reader
from wanglou.domain.agency import Lexicon

_HERE = Path(__file__).parent
_RULES = (
    *(
        "brand_reader.py",
        "branded.py",
        "clauses.py",
        "comparing.py",
        "delta.py",
        "denial.py",
        "features.py",
    ),
    *(
        "first_questions.py",
        "folding.py",
        "headline_grams.py",
        "headlines.py",
        "kinds.py",
        "model.py",
        "newer_words.py",
        "ngrams.py",
    ),
    *("reading.py", "segmenting.py", "text.py", "title_words.py", "told.py"),
    *("topic_delta.py", "topic_model.py", "topics.py", "trouble.py"),
    *("weights/headlines.json", "weights/headline_grams.npz", "weights/headline_words.toml"),
    *("weights/topics.json", "weights/topic_words.toml"),
)
"""The files whose content decides, the sentiment weights apart, which have an id of their own."""


NAMED = 16
"""Characters of a delta's id in the name of a reading."""


def reading_version(reader: Reader, lexicon: Lexicon, own_words: Iterable[str]) -> str:
    """sha256 over weights, rules, word lists and thresholds; it changes whenever one of them does.

    ``own_words`` are those the cutter was given besides its dictionary. Where corrections moved the weights,
    the beginning of the delta's id stands behind a +: that file must be there to read so again.
    """
    told = {
        "weights": reader.weights.id,
        "neutral_at": reader.neutral_at,
        "unsure_below": reader.unsure_below,
        "words": [lexicon.user_words, lexicon.negations, lexicon.intensifiers, dict(lexicon.crisis)],
        "own_words": sorted(own_words),
        "rules": {name: hashlib.sha256((_HERE / name).read_bytes()).hexdigest() for name in _RULES},
    }
    version = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    delta = reader.weights.delta
    return version if delta is None else f"{version}+{delta.id[:NAMED]}"
