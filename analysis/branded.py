"""How a text reads for one brand: as a headline or as a post, by its form."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.clauses import BRAND, About, about_brand
from analysis.headlines import score_headline, see
from analysis.model import CLASSES, Weights
from analysis.reading import Reader, Score
from analysis.text import clean_text
from wanglou.domain.mention import Sentiment

_LONGEST_HEADLINE = 40
_SPOKEN = re.compile(
    r"[。！!~…；;]|我|咱|俺|太|真的|超级|死了|[啊呀吧嘛哦呢]$|\[[^\]]{1,6}\]|[\U0001F300-\U0001FAFF]"
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
    seen = see(text, names).text
    about = about_brand(seen)
    headline = is_headline(text, seen) and not about.turn
    plain = _headline(base, text, names, context) if headline else _post(reader, about)
    return BrandScore(_doubted(plain, about), headline, tuple(why.value for why in about.why))


def _headline(base: Weights, text: str, names: Sequence[str], context: Sequence[str]) -> Score:
    found = score_headline(base, text, names, context)
    chances = (found.p_neg, found.p_neu, found.p_pos)
    best = max(range(len(CLASSES)), key=chances.__getitem__)
    return Score(*chances, Sentiment(CLASSES[best]), chances[best] < _UNSURE_BELOW)


def _post(reader: Reader, about: About) -> Score:
    plain = reader.score([clean_text(about.text.replace(BRAND, "它"))])[0]
    return _turned(plain, about.turn) if about.turn else plain


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


def _doubted(plain: Score, about: About) -> Score:
    unsure = plain.unsure or about.doubtful
    return Score(plain.p_neg, plain.p_neu, plain.p_pos, plain.label, unsure)
