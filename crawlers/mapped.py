"""Lists read by a mapping from the config: JSON by JMESPath, HTML by CSS. The only home of both libraries."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import jmespath
from jmespath.exceptions import JMESPathError
from parsel import Selector
from parsel.csstranslator import HTMLTranslator

from crawlers.extraction.tree import parse
from crawlers.plain import one_line

_SHOWN = 80
_LONGEST = 5_000
"""Characters of one value; more is no field of a list."""


class UnmappableError(Exception):
    """A page is not what the mapping was written for. ``code`` names the sentence people read."""

    def __init__(self, found: str, code: str) -> None:
        super().__init__(found)
        self.found = found
        self.code = code


class Mapped(Protocol):
    """How a list is found on a page, and its fields in each entry."""

    def rows(self, text: str) -> Iterator[Mapping[str, str]]:
        """The entries in the list's order, each as field → value; what an entry lacks is empty.

        Raises UnmappableError where the page is of another format, has no such list or an empty one.
        """
        ...

    def said(self, text: str, expression: str) -> str:
        """One value that belongs to the whole page, empty where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class JsonMapped:
    """``entries`` and ``fields`` are JMESPath; ``within`` cuts the JSON out of a page by its first group."""

    entries: str
    fields: Mapping[str, str]
    within: re.Pattern[str] | None = None

    def rows(self, text: str) -> Iterator[Mapping[str, str]]:
        """See Mapped."""
        found = _searched(self.entries, self._data(text))
        if not isinstance(found, list) or not found:
            raise UnmappableError(f"{self.entries}: {_named(found)}", "source_board_layout")
        for entry in found:
            yield {name: _value(_searched(path, entry)) for name, path in self.fields.items()}

    def said(self, text: str, expression: str) -> str:
        """See Mapped."""
        return _value(_searched(expression, self._data(text)))

    def _data(self, text: str) -> Any:
        if self.within:
            cut = self.within.search(text)
            if cut is None:
                raise UnmappableError(f"within: {self.within.pattern[:_SHOWN]}", "source_board_layout")
            text = cut[1]
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:  # too deep, or a number of thousands of digits
            found = f"{str(error)[:_SHOWN]}: {one_line(text[:_SHOWN])}"
            raise UnmappableError(found, "source_board_json") from error


@dataclass(frozen=True, slots=True)
class HtmlMapped:
    """``entries`` and ``fields`` are CSS; without ``::text`` or ``::attr(href)`` all words count."""

    entries: str
    fields: Mapping[str, str]

    def rows(self, text: str) -> Iterator[Mapping[str, str]]:
        """See Mapped."""
        found = _tree(text).css(self.entries)
        if not found:
            raise UnmappableError(f"{self.entries}: nothing", "source_board_layout")
        for entry in found:
            yield {name: _words(entry, css) for name, css in self.fields.items()}

    def said(self, text: str, expression: str) -> str:
        """See Mapped."""
        return _words(_tree(text), expression)


def check_jmespath(expression: str) -> None:
    """Raise ValueError, saying what is wrong, for an expression that is none."""
    try:
        jmespath.compile(expression)
    except JMESPathError as error:
        raise ValueError(f"{expression!r} is no JMESPath: {one_line(str(error))[:_SHOWN]}") from error


def check_css(expression: str) -> None:
    """Raise ValueError, saying what is wrong, for a selector that is none."""
    try:
        HTMLTranslator().css_to_xpath(expression)
    except (SyntaxError, ValueError) as error:  # cssselect's own errors are of both sorts
        raise ValueError(f"{expression!r} is no CSS selector: {error}") from error


def _searched(path: str, data: Any) -> Any:
    """What lies at ``path``; None where an entry is of another shape than its neighbours."""
    try:
        return jmespath.search(path, data)
    except (JMESPathError, RecursionError):  # a function that was given nothing, or text for a number
        return None


def _named(found: Any) -> str:
    return {dict: "an object", str: "a text", list: "an empty list", type(None): "nothing"}.get(
        type(found), "no list"
    )


def _value(found: Any) -> str:
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return ""
    return str(found)[:_LONGEST]


def _tree(text: str) -> Selector:
    return Selector(root=parse(text), type="html")


def _words(entry: Selector, css: str) -> str:
    found = entry.css(css)[:1]
    if not found:
        return ""
    root = found[0].root
    return (root if isinstance(root, str) else str(found[0].xpath("string()").get() or ""))[:_LONGEST]
