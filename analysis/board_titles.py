"""What a hot list's title says of a brand: how likely it is trouble, read as a headline without the name."""

from collections.abc import Sequence
from functools import cache

from analysis.headlines import MARK, score_headlines
from analysis.model import Weights, load_weights
from wanglou.domain.mention import SeenMention


def trouble_in(seen: Sequence[SeenMention]) -> list[float]:
    """P(neg) of each mention's title for its brand, in order.

    Each is read by itself: a brand's trouble adds up in the detector, and counted once more in every title
    it made launch weeks worse (measured).
    """
    masked = [with_mark(s.item.title, s.mention.match.spans) for s in seen]
    return [score.p_neg for score in score_headlines(_base(), [(title, (MARK,), ()) for title in masked])]


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
