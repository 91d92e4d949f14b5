"""Rows of JSON Lines and CSV pages, each with its number and its text, good ones and bad ones."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_ROW_LINES = 200
"""A row of CSV that spans more lines has an unclosed quote, not a long text."""

csv.field_size_limit(4_000_000)  # the module's only switch; its default refuses long articles


@dataclass(frozen=True, slots=True)
class Row:
    """One record. ``number`` is its first line in the whole file; ``trouble`` says why it has no fields."""

    number: int
    line: str
    fields: Mapping[str, Any]
    trouble: str | None = None


class NoHeaderError(Exception):
    """The first line of a CSV file does not name the columns that are needed."""


def json_rows(body: bytes, first: int) -> Iterator[Row]:
    """One row for each line that is not blank; the brackets and commas of a long array are no rows."""
    lines = body.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    charset = _charset_of(lines)
    for number, raw in enumerate(lines, first):
        if raw.strip() not in {b"", b"[", b"]"}:
            yield _json_row(number, raw, charset)


def csv_rows(body: bytes, first: int, needed: Callable[[Sequence[str]], bool]) -> Iterator[Row]:
    """The rows below the header line; ``first`` is the number of the line after it.

    A row with an unclosed quote is given as trouble, alone: the lines after it are read as rows again.
    Raises NoHeaderError if ``needed`` does not find its columns in the header.
    """
    raw_lines = body.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    charset = _charset_of(raw_lines)
    header, *lines = [raw.decode(charset, "replace").rstrip("\r") + "\n" for raw in raw_lines]
    delimiter = max(",;\t", key=header.count)
    names = next(csv.reader([header], delimiter=delimiter), [])
    if not needed(names):
        raise NoHeaderError(header.strip()[:200])
    at = 0
    while at < len(lines):
        used, fields, trouble = _csv_row(lines[at : at + _ROW_LINES], delimiter)
        line = "".join(lines[at : at + used]).rstrip("\n")
        if line.strip():
            yield _checked(Row(first + at, line, {}, trouble), names, fields)
        at += used


def _json_row(number: int, raw: bytes, charset: str) -> Row:
    line = raw.decode(charset, "replace").rstrip("\r")
    try:
        record = json.loads(raw.decode(charset).rstrip(", \r\t"))
    except UnicodeDecodeError:
        return Row(number, line, {}, f"bytes that are not {charset}")
    except (ValueError, RecursionError) as error:
        return Row(number, line, {}, f"not JSON: {error}")
    return (
        Row(number, line, record) if isinstance(record, dict) else Row(number, line, {}, "not a JSON object")
    )


def _csv_row(lines: Sequence[str], delimiter: str) -> tuple[int, list[str], str | None]:
    """(lines used, fields, trouble) of the first row in ``lines``."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        fields = next(reader, [])
    except csv.Error as error:
        return 1, [], f"not CSV: {error}"
    return max(1, reader.line_num), fields, None


def _checked(row: Row, names: Sequence[str], fields: Sequence[str]) -> Row:
    trouble = row.trouble
    if trouble is None and "�" in row.line:
        trouble = "bytes that are no text"
    if trouble is None and len(fields) > len(names):
        trouble = f"{len(fields)} fields under {len(names)} headings"
    return Row(
        row.number, row.line, dict(zip(names, fields, strict=False)) if trouble is None else {}, trouble
    )


def _charset_of(lines: Iterable[bytes]) -> str:
    """What most lines are written in: one damaged line must not turn a whole page into nonsense."""
    wide = [line for line in lines if not line.isascii()]
    return "utf-8" if sum(_is_utf8(line) for line in wide) * 2 >= len(wide) else "gb18030"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
