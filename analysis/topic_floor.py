"""The floor set of topics: sentences of our own with the topic a desk would file them under.

The shipped topic model has learnt from most of them; what corrections add never learns from any.
"""

import hashlib
from functools import cache
from pathlib import Path

from analysis.brand_reader import Asked
from analysis.floor_set import OWN
from analysis.own_posts import sentences_in
from analysis.topic_trying import TopicCase
from wanglou.domain.mention import Sentiment
from wanglou.domain.topic import Topic

TOPIC_SENTENCES = Path(__file__).parent / "weights" / "topics.tsv"
"""Columns text, topic: empty for no trouble."""


@cache
def topic_floor() -> tuple[TopicCase, ...]:
    """All sentences whose topic is told: an angry one of ``OWN`` without a topic may still have one."""
    rows = [(row["text"], row["topic"]) for row in sentences_in(TOPIC_SENTENCES)]
    rows += [
        (row["text"], row["topic"])
        for row in sentences_in(OWN)
        if row["topic"] or row["label"] != Sentiment.NEG
    ]
    return tuple(TopicCase(Asked("", text, ()), _topics(topic)) for text, topic in rows)


@cache
def topic_floor_digest() -> str:
    """sha256 of the files: the same digest, the same floor."""
    return hashlib.sha256(TOPIC_SENTENCES.read_bytes() + OWN.read_bytes()).hexdigest()


def _topics(name: str) -> frozenset[Topic]:
    return frozenset({Topic(name)} if name else ())
