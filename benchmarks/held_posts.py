"""How posts about brands are read that nothing was learnt from.

python -m benchmarks.held_posts [WEIGHTS.npz …]      the shipped weights if none are named; seconds
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.brand_reader import BrandReader
from analysis.floor_set import asked_of
from analysis.measuring import macro_f1
from analysis.model import CLASSES, SHIPPED, load_weights
from analysis.own_posts import HELD_POSTS, OwnPost, read_posts
from analysis.reading import Reader
from analysis.segmenting import QuickSegmenter
from desk.cli._reader import words_of
from desk.sample import SAMPLE_CONFIG
from wanglou.domain.mention import Reading
from wanglou.domain.topic import Topic

_NAME = "云砚"
_NEG, _NEU, _POS = range(3)


@dataclass(frozen=True, slots=True)
class HeldFigures:
    """Shares of the posts. ``recall``: of neg, neu and pos posts, those read so; ``sure``: not marked unsure.

    ``wrong_and_sure``: of all posts; ``turned``: neg read pos or pos read neg, of all neg and pos posts.
    ``topics``: of posts that tell of a listed topic, those for which it holds; ``precision``: of topics that
    hold, the right ones; ``alarmed``: of posts without trouble, those for which some topic holds.
    """

    posts: int
    accuracy: float
    macro_f1: float
    recall: tuple[float, float, float]
    sure: float
    wrong_and_sure: float
    turned: float
    topics: float
    precision: float
    alarmed: float


def held_figures(weights: Path = SHIPPED) -> HeldFigures:
    """Read all held-back posts as the worker of the sample agency would."""
    lexicon = words_of(SAMPLE_CONFIG)
    reader = Reader(load_weights(weights), lexicon, QuickSegmenter(lexicon.user_words))
    posts = read_posts(HELD_POSTS)
    return figures_of(
        posts, BrandReader(reader, "held").read([asked_of("", post.about(_NAME), _NAME) for post in posts])
    )


def figures_of(posts: Sequence[OwnPost], readings: Sequence[Reading]) -> HeldFigures:
    """What these readings of these posts come to."""
    truth = np.array([post.label for post in posts])
    verdicts = np.array([CLASSES.index(reading.label) for reading in readings])
    sure = np.array([not reading.unsure for reading in readings])
    wrong, spoken = verdicts != truth, truth != _NEU
    named = [
        (post.topic, {topic.value for topic in reading.topics})
        for post, reading in zip(posts, readings, strict=True)
    ]
    listed = [topic in held for topic, held in named if topic not in {"", Topic.OTHER.value}]
    holding = [held_topic == topic for topic, held in named for held_topic in held]
    return HeldFigures(
        posts=len(posts),
        accuracy=float((~wrong).mean()),
        macro_f1=macro_f1(truth, verdicts),
        recall=(_share(~wrong[truth == _NEG]), _share(~wrong[truth == _NEU]), _share(~wrong[truth == _POS])),
        sure=float(sure.mean()),
        wrong_and_sure=float((wrong & sure).mean()),
        turned=_share((wrong & (verdicts != _NEU))[spoken]),
        topics=_share(listed),
        precision=_share(holding),
        alarmed=_share([bool(held) for topic, held in named if not topic]),
    )


def _share(said: Sequence[bool] | np.ndarray) -> float:
    return float(np.mean(said)) if len(said) else 0.0


def main(arguments: Sequence[str]) -> None:
    """Print a line a weights file."""
    for path in map(Path, arguments or [str(SHIPPED)]):
        print(path.name, held_figures(path))


if __name__ == "__main__":
    main(sys.argv[1:])
