"""Who wrote it and where it is from, as the page itself says."""

import re
from collections.abc import Sequence
from itertools import pairwise

from lxml import html

from crawlers.extraction.tree import meta

_NAME = r"\s*[:：]\s*(?P<name>[^\s|｜:：,，;；（）()\[\]【】]{2,30})"
_LABELS = (
    re.compile(r"(?:(?:作者|记者|文)\s*/\s*(?P<name>[\u4e00-\u9fff·]{2,4})(?=[\s|｜、]|$))"),
    re.compile(r"(?:作者|(?<![\u4e00-\u9fff])文|图文|撰文|\bBy)" + _NAME, re.IGNORECASE),
    re.compile("(?:稿件来源|文章来源|信息来源|来源|來源|Source)" + _NAME, re.IGNORECASE),
)
_REPORTER = re.compile("(?:本报记者|记者|記者)" + _NAME)
_BYLINE = re.compile(
    r"[（(]\S{0,10}?(?:记者|記者)[\s:：]*(?P<name>[\u4e00-\u9fff·]{2,4}?)(?=[\s、，,）)]|通讯员|通訊員|摄影)"
)
"""As papers begin or end a report: （记者 王小明 通讯员 李四）."""

_QUESTION = re.compile("[？?！!。]|请问|請問|什么|如何|为何|怎么|吗$|呢$")
_ASKS = re.compile(r"^\s*(?:\S{0,8})(?:记者|記者)\s*[:：]")
_ANSWERS = re.compile(r"^[^\s:：]{1,12}\s*[:：].*[，。！？!?]")
_METAS = ("author", "article:author", "og:article:author", "mediaid", "source")
_EDITORS = re.compile("(?:责任编辑|責任編輯|责编|编辑)" + _NAME)


def author_of(
    page: html.HtmlElement, facts: Sequence[str], lines: Sequence[str], pieces: Sequence[str]
) -> str:
    """The author, else the paper it comes from, else the editor; empty where the page names nobody.

    ``pieces``: the texts of the elements that the lines are made of, where a name may end without a blank.
    """
    for label in _labels(lines):
        if name := _first(label, facts):
            return _as_written(name, label, pieces)
    said = dict(reversed([(key, content) for key, content in meta(page) if content]))
    named = next((said[key] for key in _METAS if said.get(key) and "://" not in said[key]), "")
    return named or _first_of_all(lines)


def lines_about_itself(facts: Sequence[str], lines: Sequence[str]) -> set[str]:
    """Lines by the headline that name author, paper or editor: they are no part of the text."""
    labels = (*_labels(lines), _EDITORS)
    return {
        line
        for line in facts
        if any(_first(label, [line]) for label in labels) and not line.endswith(("。", "！", "？", ".", "?"))
    }


def _labels(lines: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    """What names an author or a paper. Where a reporter asks and others answer, 记者： names a speaker."""
    return _LABELS if _is_interview(lines) else (*_LABELS, _REPORTER)


def _is_interview(lines: Sequence[str]) -> bool:
    return any(
        _ASKS.match(line) and (_QUESTION.search(line) or _ANSWERS.match(follows))
        for line, follows in pairwise([*lines, ""])
    )


def _as_written(name: str, label: re.Pattern[str], pieces: Sequence[str]) -> str:
    """The name as far as its own element goes: the next one may follow without a blank."""
    inside = [found["name"] for piece in pieces if (found := label.search(piece))]
    behind = [piece for before, piece in pairwise(pieces) if before.endswith((":", "："))]
    shorter = [part for part in (*inside, *behind) if len(part) > 1 and name.startswith(part)]
    return min(shorter, key=len, default=name)


def _first_of_all(lines: Sequence[str]) -> str:
    """What only the end of the page says, or a report's first words; lines of text are longer."""
    ends = [line for line in lines if len(line) <= 60]  # noqa: PLR2004 -- a line of facts
    labels = (*_labels(lines), _EDITORS)
    return next((name for label in labels if (name := _first(label, ends))), "") or _first(_BYLINE, lines)


def _first(label: re.Pattern[str], lines: Sequence[str]) -> str:
    names = (found["name"] for line in lines if (found := label.search(line)))
    return next((name for name in names if not _QUESTION.search(name)), "")
