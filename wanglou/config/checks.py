"""``playbooks/checks/<check>.yaml``: what a statement is held against, why, and which law to look up."""

import re
from datetime import date
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from wanglou.config.sheet import Checked, Sheet
from wanglou.config.values import Day, Name, Word
from wanglou.domain.statement import Check, CheckKind, CheckLevel, LegalPointer

BLANKS = ("about", "contact", "date", "doing", "known", "next", "open", "since")
"""The blanks of the holding statement, as files name them."""

Pattern = Annotated[str, Field(min_length=1, max_length=500)]
"""A regular expression."""

_NEEDS_WORDS = {CheckKind.WORDS, CheckKind.PROMISE}


class LawSheet(Sheet):
    """A pointer for a lawyer; ``checked_on`` is the day somebody compared it with the published text."""

    law: Name = Field(examples=["中华人民共和国广告法"])
    article: Name = Field(examples=["第九条第三项"])
    means: str = Field(min_length=1, max_length=500, examples=["广告不得使用最高级等用语"])
    checked_on: Day = Field(examples=["2026-11-25"])


class CheckSheet(Sheet):
    """The whole file."""

    check: Word = Field(examples=["absolute_words"])
    kind: Literal["words", "promise", "number", "blank"] = Field(default="words", examples=["words"])
    level: Literal["refuse", "warn"] = Field(examples=["warn"])
    zh: str = Field(min_length=1, max_length=300, examples=["绝对化用语：一个反例就不成立"])
    en: str = Field(
        min_length=1, max_length=300, examples=["An absolute word: one exception makes it untrue"]
    )
    words: tuple[Name, ...] = Field(default=(), examples=["[绝无, 百分之百]"])
    patterns: tuple[Pattern, ...] = Field(default=(), examples=["['1[3-9][0-9]{9}']"])
    spares: tuple[Literal["about", "contact", "date", "doing", "known", "next", "open", "since"], ...] = (
        Field(default=(), examples=["[contact]"])
    )
    laws: tuple[LawSheet, ...] = Field(default=(), examples=["[{law: …, article: …, means: …, …}]"])


def read_check(checked: Checked) -> Check | None:
    """The check, or None where the file's own shape is wrong."""
    sheet = checked.sheet(CheckSheet)
    if sheet is None:
        return None
    checked.is_named_after_its_file("check", sheet.check)
    _refuse_unusable(checked, sheet)
    return Check(
        id=sheet.check,
        kind=CheckKind(sheet.kind),
        level=CheckLevel(sheet.level),
        reason=MappingProxyType({"zh": sheet.zh, "en": sheet.en}),
        words=sheet.words,
        patterns=sheet.patterns,
        spares=frozenset(sheet.spares),
        laws=tuple(LegalPointer(w.law, w.article, w.means, w.checked_on) for w in sheet.laws),
    )


def _refuse_unusable(checked: Checked, sheet: CheckSheet) -> None:
    if CheckKind(sheet.kind) in _NEEDS_WORDS and not sheet.words + sheet.patterns:
        checked.refuse(["kind"], f'"{sheet.kind}" looks for nothing; write words: or patterns:')
    for number, pattern in enumerate(sheet.patterns):
        try:
            matches_nothing = re.compile(pattern).search("") is not None
        except re.error as error:
            checked.refuse(["patterns", number], f'"{pattern}" cannot be read: {error}; correct it')
            continue
        if matches_nothing:
            says = f'"{pattern}" is found in every text; write what must stand there'
            checked.refuse(["patterns", number], says)
    for number, line in enumerate(sheet.laws):
        if line.checked_on < OLDEST:
            says = f"{line.checked_on} is too long ago; compare the article with the published text again"
            checked.note(["laws", number, "checked_on"], says)


OLDEST = date(2024, 1, 1)
"""Pointers compared before this day are pointed out: laws have changed since."""
