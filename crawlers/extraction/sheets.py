"""Names that a page's own style sheet or a line of script takes out of sight, such as ``.x7`` and ``#kk``."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from lxml import html

from crawlers.extraction.styles import Style, read_style, sign_of_style

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT_RULE = re.compile(r"@[^{};]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
"""For printing or for narrow screens, or an animation: nothing that always holds."""

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_NAME = re.compile(r"[.#][\w-]+")
_SIMPLE = re.compile(r"[a-z]*([.#][\w-]+)", re.IGNORECASE)
_BY_SCRIPT = re.compile(
    r"getElementById\(\s*[\"']([\w-]+)[\"']\s*\)\.style\.(?:display\s*=\s*[\"']none|visibility\s*=\s*[\"']hidden)"
)
_LONGEST_SCRIPT = 400
"""Characters: a longer script may hide and show as readers press."""

_LONGEST_SHEET = 200_000


def hidden_names(page: html.HtmlElement) -> Mapping[str, str]:
    """Each hidden class (``.name``) and id (``#name``) with the sign by which it is hidden.

    A name that more than one rule speaks of may be shown again by another, and is left out.
    """
    rules = [rule for sheet in page.iter("style") for rule in _rules((sheet.text or "")[:_LONGEST_SHEET])]
    spoken_of = Counter(name for selector, _ in rules for name in _NAME.findall(selector))
    found = {
        simple[1]: sign
        for selector, style in rules
        if (simple := _SIMPLE.fullmatch(selector))
        and spoken_of[simple[1]] == 1
        and (sign := sign_of_style(style))
    }
    return found | {f"#{name}": "display" for name in _hidden_by_script(page)}


def _rules(sheet: str) -> Iterator[tuple[str, Style]]:
    always = _AT_RULE.sub("", _COMMENT.sub("", sheet))
    for selectors, declarations in _RULE.findall(always):
        yield from ((selector.strip(), read_style(declarations)) for selector in selectors.split(","))


def _hidden_by_script(page: html.HtmlElement) -> Iterator[str]:
    for script in page.iter("script"):
        text = script.text or ""
        if len(text) <= _LONGEST_SCRIPT and "function" not in text:
            yield from _BY_SCRIPT.findall(text)
