"""What a hot list's title says of a brand, read as a headline without the name."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import TypeVar

from analysis.board_features import DAY, Title
from analysis.headlines import MARK, HeadlineScore, score_headlines
from analysis.model import Weights, load_weights
from wanglou.domain.mention import SeenMention

_Shown = TypeVar("_Shown")


def once(shown: Iterable[_Shown], said: Callable[[_Shown], tuple[datetime, str]]) -> list[_Shown]:
    """The titles, oldest first; the same words again within a day are one. ``said``: when and what."""
    last: dict[str, datetime] = {}
    kept = []
    for title in shown:
        at, words = said(title)
        if words not in last or at - last[words] > DAY:
            kept.append(title)
        last[words] = at
    return kept


def read_titles(came: Sequence[tuple[datetime, SeenMention]]) -> list[Title]:
    """The titles with when each came, in order.

    Each is read by itself: a brand's trouble adds up in the judgement, and counted once more in every title
    it made launch weeks worse (measured).
    """
    asked = [(with_mark(s.item.title, s.mention.match.spans), (MARK,), ()) for _, s in came]
    read = score_headlines(_base(), asked)
    return [title_of(at, score) for (at, _), score in zip(came, read, strict=True)]


def title_of(at: datetime, read: HeadlineScore) -> Title:
    """A title that came at ``at``, as it was read; nothing was planned then."""
    return Title(at, read.p_neg, p_pos=read.p_pos, trouble=read.trouble, calm=read.calm)


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
