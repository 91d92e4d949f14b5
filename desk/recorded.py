"""Recorded history: files of mentions and hot lists, read in the order in which they could be seen.

One JSON object a line, UTF-8, plain or ``.gz``, in time order within a file. A mention has ``source``,
``url``, ``title``, ``text``, ``author``, ``published_at``, ``fetched_at``; a line with ``platform`` is a
title's stay on a hot list: ``platform``, ``title``, ``url``, ``first_seen``, ``rank_first``. Whatever else
a hot list's line tells (how long, how high) was not known at its first sight and is never looked at.
"""

import gzip
import heapq
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from crawlers.plain import without_controls
from wanglou.domain.item import Author, BoardPlace, DatedBy, Item

SORTED_AT_ONCE = 50_000
"""Lines sorted in memory: some 100 MB of the longest posts."""

_LOWEST_RANK = 1_000_000
"""No hot list is as long."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """An item and when it could first be seen, aware UTC."""

    visible_at: datetime
    item: Item


class BadRecordError(Exception):
    """A line of recorded history is not what it should be; ``line`` is 0 where the file itself is not."""

    def __init__(self, path: Path, line: int, found: str) -> None:
        super().__init__(f"{path}:{line}: {found}" if line else f"{path}: {found}")
        self.path = path
        self.line = line
        self.found = found


def recorded(paths: Iterable[Path]) -> Iterator[Sighting]:
    """Merge the files into one history, oldest first; of each file one line is in memory at a time.

    Raises BadRecordError at the first line that cannot be used, one out of time order included.
    """
    return heapq.merge(*(_sightings(path) for path in paths), key=_order)


def files_of(streams: Iterable[Path]) -> list[Path]:
    """The files meant: a folder stands for the recordings in it, by name. Raises BadRecordError."""
    found: list[Path] = []
    for stream in streams:
        if stream.is_dir():
            inside = sorted(p for p in stream.iterdir() if p.name.endswith((".jsonl", ".jsonl.gz")))
            if not inside:
                raise BadRecordError(stream, 0, "holds no recording; put files *.jsonl or *.jsonl.gz there")
            found += inside
        else:
            found.append(stream)
    return found


@dataclass(frozen=True, slots=True)
class Sorted:
    """A history put in order: files for ``recorded``, the lines left out, and an item of each source."""

    files: Sequence[Path]
    refused: Sequence[BadRecordError]
    sources: Mapping[str, Item]


def in_order(paths: Sequence[Path], folder: Path) -> Sorted:
    """Sort files of any order into ``folder``, some at a time, so that the whole is never in memory.

    A line that cannot be used is left out and named. Raises BadRecordError where a file as a whole cannot
    be read.
    """
    files: list[Path] = []
    refused: list[BadRecordError] = []
    sources: dict[str, Item] = {}
    lines = (line for path in paths for line in _usable(path, refused))
    while part := list(islice(lines, SORTED_AT_ONCE)):
        for sighting, _ in part:
            sources.setdefault(sighting.item.source, sighting.item)
        part.sort(key=lambda line: _order(line[0]))
        files.append(folder / f"{len(files):06}.jsonl")
        files[-1].write_text("".join(f"{text}\n" for _, text in part), encoding="utf-8")
    return Sorted(files, refused, sources)


def _usable(path: Path, refused: list[BadRecordError]) -> Iterator[tuple[Sighting, str]]:
    try:
        for number, raw in _lines(path):
            try:
                text = _decoded(raw, number)
                if text:
                    yield _sighting(text), text
            except _UnusableError as error:
                refused.append(BadRecordError(path, number, str(error)))
    except BadRecordError as error:
        if not error.line:
            raise
        refused.append(error)  # a damaged archive: what stands before the damage is good


def _order(sighting: Sighting) -> tuple[datetime, str, str, str, str]:
    """By time; what could be seen at once in an order of its own, whatever files it came from."""
    item = sighting.item
    return sighting.visible_at, item.source, item.url, item.title, item.text


def _sightings(path: Path) -> Iterator[Sighting]:
    before: datetime | None = None
    for number, raw in _lines(path):
        try:
            text = _decoded(raw, number)
            sighting = _sighting(text) if text else None
        except _UnusableError as error:
            raise BadRecordError(path, number, str(error)) from error
        if sighting is None:
            continue
        if before is not None and sighting.visible_at < before:
            raise BadRecordError(
                path, number, f"{sighting.visible_at} is before the line above; sort by time"
            )
        before = sighting.visible_at
        yield sighting


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    number = 0
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            for number, raw in enumerate(file, 1):
                yield number, raw
    except (OSError, EOFError, zlib.error) as error:
        raise BadRecordError(path, number + 1 if number else 0, f"cannot be read: {error}") from error


def _decoded(raw: bytes, number: int) -> str:
    try:
        return raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
    except UnicodeDecodeError as error:
        raise _UnusableError("not UTF-8; convert the file") from error


class _UnusableError(Exception):
    """Why a line cannot be used."""


def _sighting(text: str) -> Sighting:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _UnusableError(f"not JSON ({error})") from error
    if not isinstance(fields, dict):
        raise _UnusableError("not a JSON object")
    read: Callable[[Mapping[str, Any]], Sighting] = _title if "platform" in fields else _mention
    return read(fields)


def _title(fields: Mapping[str, Any]) -> Sighting:
    platform, first_seen = _must(fields, "platform"), _moment(fields, "first_seen")
    if first_seen is None:
        raise _UnusableError("no first_seen: when the title came onto the list")
    rank = fields.get("rank_first")
    if not isinstance(rank, int) or isinstance(rank, bool) or not 0 <= rank <= _LOWEST_RANK:
        raise _UnusableError(f"rank_first is {rank!r}, not a rank")
    item = Item(
        source=platform,
        url=_text(fields, "url"),
        title=_must(fields, "title"),
        text="",
        published_at=first_seen,
        dated_by=DatedBy.PAGE,
        board=BoardPlace(platform, max(1, rank)),  # 0 is the slot pinned above the first
    )
    return Sighting(first_seen, item)


def _mention(fields: Mapping[str, Any]) -> Sighting:
    published, fetched = _moment(fields, "published_at"), _moment(fields, "fetched_at")
    visible = fetched or published
    if visible is None:
        raise _UnusableError("neither fetched_at nor published_at: it is not known when this could be seen")
    author, title, text = (_text(fields, name) for name in ("author", "title", "text"))
    if not title and not text:
        raise _UnusableError("neither title nor text")
    item = Item(
        source=_must(fields, "source"),
        url=_text(fields, "url"),
        title=title,
        text=text,
        author=Author(author) if author else None,
        published_at=published,
        dated_by=DatedBy.PAGE if published else DatedBy.NONE,
    )
    return Sighting(visible, item)


def _must(fields: Mapping[str, Any], name: str) -> str:
    value = _text(fields, name)
    if not value:
        raise _UnusableError(f"no {name}")
    return value


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise _UnusableError(f"{name} is {value!r}, not a text")
    return without_controls(value or "").strip()


def _moment(fields: Mapping[str, Any], name: str) -> datetime | None:
    text = _text(fields, name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _UnusableError(f"{name} is {text!r}, not a time; write 2026-03-15T20:00:00+08:00") from error
    if moment.tzinfo is None:
        raise _UnusableError(f"{name} is {text!r} without an offset; add +08:00")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:  # the first or the last day there is
        raise _UnusableError(f"{name} is {text!r}, outside all calendars") from error
