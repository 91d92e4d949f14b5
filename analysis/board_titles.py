"""What a hot list's title says of a brand, read as a headline without the name."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from analysis.board_features import Title
from analysis.headlines import MARK, score_headlines
from analysis.model import Weights, load_weights
from wanglou.domain.mention import SeenMention


def read_titles(came: Sequence[tuple[datetime, SeenMention]]) -> list[Title]:
    """The titles with when each came, in order.

    Each is read by itself: a brand's trouble adds up in the judgement, and counted once more in every title
    it made launch weeks worse (measured).
    """
    asked = [(with_mark(s.item.title, s.mention.match.spans), (MARK,), ()) for _, s in came]
    read = score_headlines(_base(), asked)
    return [
        Title(at, r.p_neg, 1.0, r.p_pos, r.trouble, r.calm) for (at, _), r in zip(came, read, strict=True)
    ]


def with_mark(title: str, spans: Sequence[tuple[int, int]]) -> str:
    """The title with MARK for each name; ``spans`` may go on into a text behind the title."""
    pieces, done = [], 0
    for start, end in sorted(spans):
        if start < len(title):
            pieces += [title[done:start], MARK]
            done = max(done, end)
    return "".join([*pieces, title[done:]])


@cache
def _base() -> Weights:
    return load_weights()
