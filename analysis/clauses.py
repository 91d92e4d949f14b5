"""Which words of a text speak about one brand, and which way a comparison turns them. Rules alone."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

BRAND = "它它它"
"""Stands for the brand in the texts of this module."""

_CLAUSE = re.compile(r"[^。！？!?；;，,\n]+[。！？!?；;，,\n]*")
_CONTRAST = re.compile(r"(?=但是|不过|可是|然而|反观|相比之下)")
_RIVAL = re.compile(r"竞品|对手|友商|别家|别的|其他(?:品牌|牌子|家)|隔壁|另一家|同行")
_GOOD = r"(?:好|强|香|快|稳|靠谱|值|省心|耐用|舒服|厉害|良心|便宜|安全|划算|专业|清楚|安静)"
_BAD = r"(?:差|烂|弱|慢|坑|贵|垃圾|难用|难吃|难喝|糟|卡|吵|脏|危险|麻烦|不好|不如|不值|拉胯)"
_OF_TWO = (
    (re.compile(rf"(?P<a>.*?)比(?P<b>.+?)(?:还|更|都|要|就|可)*{_BAD}"), -1),
    (re.compile(rf"(?P<a>.*?)比(?P<b>.+?)(?:还|更|都|要|就|可)*{_GOOD}"), 1),
    (re.compile(r"(?P<a>.*?)(?:不如|比不上|比不过|赶不上|输给|远逊于)(?P<b>.+)"), -1),
    (re.compile(rf"(?P<a>.*?)(?:没有|没)(?P<b>.+?)(?:那么|这么)?{_BAD}"), 1),
    (re.compile(rf"(?P<a>.*?)(?:没有|没)(?P<b>.+?)(?:那么|这么)?{_GOOD}"), -1),
    (re.compile(r"(?P<a>.*?)被(?P<b>.+?)(?:吊打|完爆|秒杀|碾压|甩)"), -1),
    (re.compile(r"(?P<a>.*?)(?:吊打|完爆|秒杀|碾压|强过|胜过|好过|甩开?)(?P<b>.+)"), 1),
)
_DENIED = re.compile(r"[不没](?:见得|觉得|认为|会|是)[^，。]*比|[不没]比")
_MOCKING = re.compile(
    r"呵呵|真有你的|可真行|好样的呢|谢谢你啊|真是谢谢|佩服佩服|\[微笑\]|\[doge\]|\[吃瓜\]|🙂|🙃"
)
_SHARE_OTHER = 0.3


class Why(StrEnum):
    """What was done to a text before it was judged for a brand."""

    COMPARED_BETTER = "compared_better"
    COMPARED_WORSE = "compared_worse"
    OTHERS_LEFT_OUT = "others_left_out"
    MOCKING = "mocking"
    OTHER_LANGUAGE = "other_language"
    NOTHING_SAID = "nothing_said"


@dataclass(frozen=True, slots=True)
class About:
    """The words about the brand. ``turn``: 1 it wins a comparison, -1 it loses one, 0 there is none."""

    text: str
    turn: int
    why: tuple[Why, ...]

    @property
    def doubtful(self) -> bool:
        """Whether a person should look whatever the model says."""
        return bool({Why.MOCKING, Why.OTHER_LANGUAGE, Why.NOTHING_SAID} & set(self.why))


def about_brand(text: str) -> About:
    """Pick the clauses about BRAND in a cleaned ``text`` and see which way a comparison goes.

    A clause that speaks of rivals and does not name the brand is left out, with what follows it up to the
    brand's next naming. A text that never names the brand is taken whole.
    """
    clauses = _clauses(text)
    kept = _kept(clauses) if any(BRAND in c for c in clauses) else clauses
    turn = next((t for t in map(comparison, kept) if t), 0)
    said = "".join(kept)
    reasons = {
        Why.COMPARED_BETTER: turn > 0,
        Why.COMPARED_WORSE: turn < 0,
        Why.OTHERS_LEFT_OUT: len(kept) < len(clauses),
        Why.MOCKING: bool(_MOCKING.search(said)),
        Why.OTHER_LANGUAGE: in_other_language(said.replace(BRAND, "")),
        Why.NOTHING_SAID: not _has_words(said.replace(BRAND, "")),
    }
    return About(said, turn, tuple(why for why, holds in reasons.items() if holds))


def comparison(clause: str) -> int:
    """1 if BRAND is said to be the better of two, -1 the worse, 0 if nothing is compared or it is denied."""
    if BRAND not in clause or _DENIED.search(clause):
        return 0
    for pattern, sign in _OF_TWO:
        found = pattern.search(clause)
        if found and BRAND in found["b"]:
            return -sign
        if found and BRAND in found["a"] and found["b"].strip():
            return sign
    return 0


def in_other_language(text: str) -> bool:
    """Whether many of the letters are of a script that neither Chinese nor English is written in."""
    letters = [c for c in text if c.isalpha()]
    other = sum(not _chinese_or_latin(c) for c in letters)
    return bool(letters) and other / len(letters) > _SHARE_OTHER


def _clauses(text: str) -> list[str]:
    return [part for clause in _CLAUSE.findall(text) for part in _CONTRAST.split(clause) if part]


def _kept(clauses: list[str]) -> list[str]:
    kept, of_rivals = [], False
    for clause in clauses:
        of_rivals = BRAND not in clause and (of_rivals or bool(_RIVAL.search(clause)))
        if not of_rivals:
            kept.append(clause)
    return kept


def _has_words(text: str) -> bool:
    return any(c.isalpha() or unicodedata.category(c) == "So" for c in text)


def _chinese_or_latin(letter: str) -> bool:
    name = unicodedata.name(letter, "")
    return name.startswith(("CJK", "LATIN"))
