"""Who wrote it and where it is from, as the page itself says."""

import re
from collections.abc import Sequence

from lxml import html

from crawlers.extraction.tree import meta

_NAME = r"\s*[:：]\s*(?P<name>[^\s|｜:：,，;；（）()\[\]【】]{2,30})"
_LABELS = (
    re.compile("(?:作者|文|撰文|By)" + _NAME, re.IGNORECASE),
    re.compile("(?:稿件来源|文章来源|信息来源|来源|來源|Source)" + _NAME, re.IGNORECASE),
    re.compile("(?:本报记者|记者|記者)" + _NAME),
)
_METAS = ("author", "article:author", "og:article:author", "mediaid", "source")
_EDITORS = re.compile("(?:责任编辑|責任編輯|责编|编辑)" + _NAME)


def author_of(page: html.HtmlElement, facts: Sequence[str], lines: Sequence[str]) -> str:
    """The author, else the paper it comes from, else the editor; empty where the page names nobody."""
    for label in _LABELS:
        if name := _first(label, facts):
            return name
    said = dict(reversed([(key, content) for key, content in meta(page) if content]))
    named = next((said[key] for key in _METAS if said.get(key) and "://" not in said[key]), "")
    return named or _first_of_all(lines)


def speaks_of_itself(line: str) -> bool:
    """Whether a line by the headline names author, paper or editor: it is no part of the text."""
    return any(label.search(line) for label in (*_LABELS, _EDITORS)) and not line.endswith(
        ("。", "！", "？", ".")
    )


def _first_of_all(lines: Sequence[str]) -> str:
    """What only the end of the page says; lines of text that speak of a source are longer."""
    ends = [line for line in lines if len(line) <= 60]  # noqa: PLR2004 -- a line of facts
    return next((name for label in (*_LABELS, _EDITORS) if (name := _first(label, ends))), "")


def _first(label: re.Pattern[str], lines: Sequence[str]) -> str:
    return next((found["name"] for line in lines if (found := label.search(line))), "")
