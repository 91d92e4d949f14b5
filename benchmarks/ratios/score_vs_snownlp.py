"""Sentiment of posts per CPU second, against SnowNLP on the same posts."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import TypeVar

from snownlp import SnowNLP

from analysis.jieba_segmenter import Segmenter
from analysis.model import load_weights
from analysis.reading import Reader
from benchmarks.figure import Figure, Rival
from benchmarks.posts import posts
from wanglou.domain.agency import Lexicon

Thing = TypeVar("Thing")

BATCH = 1_000
FLOOR_IN_BATCHES = 100.0
FLOOR_ONE_BY_ONE = 10.0


def score_vs_snownlp() -> list[Figure]:
    sample = posts(20_000)
    with TemporaryDirectory() as folder:
        reader = Reader(load_weights(), Lexicon(), Segmenter(Path(folder)))
    rival = Rival("SnowNLP", _per_second(lambda text: SnowNLP(text).sentiments, sample[:150]))
    batches = [sample[i : i + BATCH] for i in range(0, len(sample), BATCH)]
    batched = _per_second(reader.score, batches) * BATCH
    single = _per_second(lambda text: reader.score([text]), sample[:2_000])
    unit = "posts/CPU s"
    return [
        rival.beaten_by_more("sentiment in batches", batched, unit, FLOOR_IN_BATCHES),
        rival.beaten_by_more("sentiment one by one", single, unit, FLOOR_ONE_BY_ONE),
    ]


def _per_second(read: Callable[[Thing], object], things: Sequence[Thing]) -> float:
    read(things[0])  # dictionaries load at the first use
    began = process_time()
    for thing in things:
        read(thing)
    return len(things) / (process_time() - began)


PLUGIN = score_vs_snownlp
