"""How a text reads for one brand: as a headline or as a post, by its form."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.clauses import BRAND, About, Why, about_brand
from analysis.comparing import READ_AS
from analysis.headlines import HeadlineScore, score_headlines
from analysis.model import Weights
from analysis.reading import Reader, Score, verdict_of
from analysis.text import clean_text
from analysis.trouble import trouble_in
from wanglou.domain.mention import Sentiment

_LONGEST_HEADLINE = 40
_SPOKEN = re.compile(
    r"[。！!~…；;]|我|咱|俺|太|真的|超级|死了|[啊呀吧嘛哦呢]$|\[[^\]]{1,6}\]|[❤♥\U0001F300-\U0001FAFF]"
    r"|(?i:t_t|qaq|orz)|╯|ω"
)
_UNSURE_BELOW = 0.5
"""Of a headline: a label that fewer than half speak for."""

_COMPARED = 0.8
"""What a stated comparison gives the side it names, if the model is not surer already. Set by hand."""


@dataclass(frozen=True, slots=True)
class BrandScore:
    """A verdict for one brand. ``headline``: it was read as one. ``why``: codes of what the rules did."""

    score: Score
    headline: bool
    why: tuple[str, ...]


def is_headline(text: str, seen: str) -> bool:
    """By form: one short line naming the brand in which nobody speaks (no first person, full stop, emoticon).

    ``seen``: the same text with the brand masked.
    """
    line = text.strip()
    is_line = len(line) <= _LONGEST_HEADLINE and "\n" not in line
    return is_line and BRAND in seen and not _SPOKEN.search(line)


def score_for_brand(
    reader: Reader, base: Weights, text: str, names: Sequence[str], context: Sequence[str] = ()
) -> BrandScore:
    """Judge ``text`` for the brand called ``names``; ``context`` holds its recent headlines."""
    seen = _as_post(text, names)
    about = about_brand(seen)
    headline = is_headline(text, seen) and not about.turn
    if headline:
        plain = headline_scores(base, [(text, names, context)], [None])[0]
    else:
        plain = reader.judge([about.text.replace(BRAND, READ_AS).replace("\n", " ")]).scores[0]
    found, why = decided(plain, about), about.why
    if not headline and may_be_dry(found) and trouble_in(seen, about.kept):
        found, why = as_trouble(found), (*why, Why.TROUBLE_TOLD)
    return BrandScore(found, headline, tuple(code.value for code in why))


def headline_scores(
    base: Weights,
    asked: Sequence[tuple[str, Sequence[str], Sequence[str]]],
    neutral_at: Sequence[float | None],
) -> list[Score]:
    """Verdicts on (title, names, context). The likeliest class is the label, where no band is given."""
    found = score_headlines(base, asked)
    return [_headline(f, band) for f, band in zip(found, neutral_at, strict=True)]


def _headline(found: HeadlineScore, neutral_at: float | None) -> Score:
    likelier = max(found.p_neg, found.p_pos)
    band = likelier if neutral_at is None else neutral_at
    return verdict_of(found.p_neg, found.p_neu, found.p_pos, band, _UNSURE_BELOW, BRAND)


def decided(plain: Score, about: About) -> Score:
    """What the model says after what the rules found: a comparison's side wins, doubt is marked."""
    turned = _turned(plain, about.turn) if about.turn else plain
    return turned._replace(unsure=True) if about.doubtful and not turned.unsure else turned


def _as_post(text: str, names: Sequence[str]) -> str:
    """The cleaned text with BRAND for its names, each line by itself: line breaks end a clause."""
    lines = filter(None, map(clean_text, text.splitlines()))
    post = "\n".join(lines)
    for name in sorted(filter(None, {clean_text(n) for n in names}), key=len, reverse=True):
        post = post.replace(name, BRAND)
    return post


def may_be_dry(found: Score) -> bool:
    """Whether it is worth looking for trouble told without feeling: what reads neutral may be such."""
    return found.label is Sentiment.NEU


def as_trouble(found: Score) -> Score:
    """A neutral verdict on words that tell of trouble: what spoke for neutral speaks for negative."""
    low, high = sorted((found.p_neg, found.p_neu))
    return found._replace(p_neg=high, p_neu=low, label=Sentiment.NEG)


def _turned(plain: Score, turn: int) -> Score:
    """The same verdict after a comparison: its side has at least _COMPARED, the rest keeps its shape."""
    won = plain.p_pos if turn > 0 else plain.p_neg
    if won >= _COMPARED:
        return plain
    rest = (1 - _COMPARED) / (1 - won)
    neg, neu, pos = plain.p_neg * rest, plain.p_neu * rest, plain.p_pos * rest
    if turn > 0:
        return Score(neg, neu, _COMPARED, Sentiment.POS, unsure=False)
    return Score(_COMPARED, neu, pos, Sentiment.NEG, unsure=False)
