"""Reads drop folders page by page and puts read files away: stage 1's only reader of the disk.

Files whose names begin with a dot or end in ``.part`` or ``.tmp`` are still being written; sub folders and
symbolic links are never entered.
"""

import logging
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import BufferedReader
from pathlib import Path
from urllib.parse import unquote, urlsplit

from crawlers.plain import without_controls
from crawlers.rounds import CrawlSettings, Outcome, ReadFile, Round, RoundRequest
from crawlers.source import Follow, Page, RejectedLine, RejectedLinesError, UnreadablePageError
from crawlers.sources.drop_folder import CSV, FIRST_LINE, JSON_LINES, LISTING
from wanglou.domain.item import Item
from wanglou.domain.reason import Reason
from wanglou.ports import Clock

_LOG = logging.getLogger(__name__)
_KINDS = {".jsonl": JSON_LINES, ".ndjson": JSON_LINES, ".json": JSON_LINES, ".csv": CSV}
_UNFINISHED = (".part", ".tmp")
_DONE, _FAILED = "done", "failed"
_LONGEST_ROW = 4_000_000
_LISTED_LINES = 10_000
_LISTED_CHARACTERS = 2_000
"""The rejected lines are a note for people; the whole file lies beside it."""


def is_folder(url: str) -> bool:
    """Whether an address is read from the disk, not from the network."""
    return urlsplit(url).scheme == "file"


def folder_path(url: str, under: Path) -> Path:
    """Where a ``file:`` address lies; a relative one below ``under``."""
    path = Path(unquote(urlsplit(url).path))
    return path if path.is_absolute() else (under / path).absolute()


def read_folder(request: RoundRequest, settings: CrawlSettings, clock: Clock) -> Iterator[Round]:
    """Yield one part a page, so that memory stays flat, then the round's end with ``more`` unset.

    The last part of a file brings it in ``finished``: call ``finish`` once its items are saved. A kill
    in between only means that the file is read again.
    """
    folder, source, started = (
        folder_path(request.spec.url, settings.folders_under),
        request.spec.id,
        clock.now(),
    )
    try:
        if not Path(unquote(urlsplit(request.spec.url).path)).is_absolute():
            folder.mkdir(parents=True, exist_ok=True)
        files = _files(request, folder, started)
    except OSError as error:
        trouble = Reason("source_folder_unreadable", {"folder": str(folder), "found": error.strerror or "?"})
        yield Round(source, started, Outcome.FAILED, trouble=trouble, permanent=True)
        return
    except Exception as error:  # noqa: BLE001 -- a bug in one kind must not stop all that is collected
        _LOG.error("source %r failed on its listing", source, exc_info=error)
        facts = {"url": str(folder), "found": f"{type(error).__name__}: {error}"}
        trouble = Reason("source_kind_failed", facts)
        yield Round(source, started, Outcome.FAILED, trouble=trouble, permanent=True)
        return
    tally = _Tally()
    for path in files:
        if clock.now() - started > settings.round_time:
            break
        for part in _parts(request, path, settings, clock.now()):
            yield tally.take(part)
    yield Round(source, clock.now(), tally.outcome, trouble=tally.trouble, fetched=tally.pages)


def finish(files: Iterable[ReadFile]) -> list[Reason]:
    """Move read files to ``done/`` or ``failed/``, with a note of what was rejected; returns what went wrong.

    A file that has changed since it was read stays where it is.
    """
    troubles = []
    for file in files:
        try:
            if _stamp(file.path.lstat()) == file.stamp:
                _put_away(file)
        except FileNotFoundError:  # put away by the round before, or taken back by its owner
            continue
        except OSError as error:
            facts = {"file": str(file.path), "found": error.strerror or "?"}
            troubles.append(Reason("source_file_stuck", facts))
    return troubles


@dataclass(slots=True)
class _Tally:
    """What the parts of one round come to."""

    pages: int = 0
    items: int = 0
    trouble: Reason | None = None

    def take(self, part: Round) -> Round:
        self.pages += 1
        self.items += len(part.items)
        self.trouble = part.trouble or self.trouble
        return part

    @property
    def outcome(self) -> Outcome:
        if self.trouble:
            return Outcome.PARTLY
        return Outcome.READ if self.pages else Outcome.UNCHANGED


def _files(request: RoundRequest, folder: Path, now: datetime) -> list[Path]:
    """The files the source wants, in order of name; nothing outside the folder whatever it asks."""
    names = sorted(
        e.name for e in os.scandir(folder) if e.is_file(follow_symlinks=False) and _is_ready(e.name)
    )
    listing = "\n".join((folder / name).as_uri() for name in names).encode()
    page = Page(request.spec.url, listing, {"content-type": LISTING}, now)
    follows = [found for found in request.source.read(page) if isinstance(found, Follow)]
    paths = [Path(unquote(urlsplit(follow.url).path)) for follow in follows]
    return [path for path in paths if path.parent == folder and path.name in names]


def _is_ready(name: str) -> bool:
    return not name.startswith(".") and not name.lower().endswith(_UNFINISHED)


def _parts(request: RoundRequest, path: Path, settings: CrawlSettings, now: datetime) -> Iterator[Round]:
    """One part a page of one file; a file of a wrong kind gives one part that says so."""
    try:
        yield from _parts_of(request, path, settings, now)
    except (OSError, ValueError, OverflowError) as error:  # the latter two: a time of change beyond calendars
        found = (error.strerror if isinstance(error, OSError) else str(error)) or "?"
        trouble = Reason("source_file_stuck", {"file": path.name, "found": found})
        yield Round(request.spec.id, now, Outcome.PARTLY, trouble=trouble, more=True, file=path)


def _parts_of(request: RoundRequest, path: Path, settings: CrawlSettings, now: datetime) -> Iterator[Round]:
    with closing(_open(path)) as file:
        status = os.fstat(file.fileno())
        read = _Reading(ReadFile(path, _stamp(status)))
        written_at = datetime.fromtimestamp(status.st_mtime, UTC)
        may_grow = timedelta(0) <= now - written_at < settings.settle
        for body, first, is_last in _pages(file, path, settings.folder_page_bytes):
            headers = {"content-type": _kind(path), FIRST_LINE: str(first)}
            items = read.page(request, Page(path.as_uri(), body, headers, min(now, written_at)))
            ends = is_last or read.file.failed is not None
            finished = (read.ended(),) if ends and not may_grow else ()
            yield Round(
                source=request.spec.id,
                at=now,
                outcome=Outcome.PARTLY if read.trouble else Outcome.READ,
                items=items,
                trouble=read.trouble,
                fetched=1,
                finished=finished,
                more=True,
                file=path,
            )
            if ends:
                return


@dataclass(slots=True)
class _Reading:
    """What has come of one file so far."""

    file: ReadFile
    items: int = 0
    rejected: list[RejectedLine] = field(default_factory=list)
    unlisted: int = 0

    def page(self, request: RoundRequest, page: Page) -> tuple[Item, ...]:
        items: list[Item] = []
        try:
            for found in request.source.read(page):
                if isinstance(found, Item):
                    items.append(found)  # noqa: PERF401 -- what was read before an error is kept
        except RejectedLinesError as error:
            room = _LISTED_LINES - len(self.rejected)
            short = (replace(r, line=r.line[:_LISTED_CHARACTERS]) for r in error.lines[:room])
            self.rejected.extend(short)
            self.unlisted += max(0, len(error.lines) - room)
        except UnreadablePageError as error:
            self._fail(error.found)
        except Exception as error:  # noqa: BLE001 -- a bug in one kind must not stop all that is collected
            _LOG.error("source %r failed on %s", request.spec.id, page.url, exc_info=error)
            self._fail(f"{type(error).__name__}: {error}")
        self.items += len(items)
        return tuple(items)

    def _fail(self, found: str) -> None:
        self.file = replace(self.file, failed=without_controls(found)[:_LISTED_CHARACTERS])

    def ended(self) -> ReadFile:
        """The file as read to its end; if no line gave anything, it failed."""
        failed = self.file.failed
        if failed is None and self.rejected and not self.items:
            failed = "no line could be read"
        return replace(self.file, failed=failed, rejected=tuple(self.rejected), unlisted=self.unlisted)

    @property
    def trouble(self) -> Reason | None:
        name = self.file.path.name
        if self.file.failed is not None:
            return Reason("source_file_failed", {"file": name, "found": self.file.failed})
        count = len(self.rejected) + self.unlisted
        return Reason("source_lines", {"file": name, "lines": count}) if count else None


def _open(path: Path) -> BufferedReader:
    """Open a regular file, never through a link that took its place after the listing."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(0, "not a regular file")
    return os.fdopen(descriptor, "rb")


def _stamp(status: os.stat_result) -> str:
    return f"{status.st_ino}-{status.st_size}-{status.st_mtime_ns}"


def _kind(path: Path) -> str:
    return _KINDS.get(path.suffix.lower(), f"unknown/{path.suffix.lower()}")


def _pages(file: BufferedReader, path: Path, size: int) -> Iterator[tuple[bytes, int, bool]]:
    """(body of whole lines, number of its first data line, whether it is the last).

    Every page of a CSV file begins with the file's header.
    """
    is_csv = _kind(path) == CSV
    header = file.readline(size) if is_csv else b""
    first, rest, is_last = (2 if header else 1), b"", False
    while not is_last:
        block = file.read(size)
        is_last = len(block) < size
        body = rest + block
        cut = len(body) if is_last else _row_end(body, quoted=is_csv)
        if not is_last and cut == 0 and len(body) < _LONGEST_ROW:
            rest = body
            continue
        cut = cut or len(body)
        yield header + body[:cut], first, is_last
        first += body.count(b"\n", 0, cut)
        rest = body[cut:]


def _row_end(body: bytes, *, quoted: bool) -> int:
    """Where the last whole row ends: a line's end outside quotes, else any line's end, else 0."""
    last = cut = body.rfind(b"\n") + 1
    is_inside = quoted and body.count(b'"', 0, last) % 2 == 1
    while is_inside and cut and last - cut < _LONGEST_ROW:
        before = body.rfind(b"\n", 0, cut - 1) + 1
        is_inside = body.count(b'"', before, cut) % 2 == 0
        cut = before
    return last if is_inside else cut or last


def _put_away(file: ReadFile) -> None:
    """The note first, the move last: a kill between leaves the file to be read again."""
    home = file.path.parent / (_DONE if file.failed is None else _FAILED)
    home.mkdir(exist_ok=True)
    target = _free(home / file.path.name)
    if file.failed is not None:
        note, opening = target.with_name(f"{target.name}.why.txt"), f"{file.path.name}: {file.failed}\n"
    else:
        note, opening = target.with_name(f"{target.name}.rejected.txt"), ""
    lines = "".join(f"{r.number}\t{r.why}\t{r.line}\n" for r in file.rejected)
    more = f"and {file.unlisted} more lines\n" if file.unlisted else ""
    if opening or lines:
        note.write_text(opening + lines + more, encoding="utf-8", errors="backslashreplace")
    file.path.rename(target)


def _free(path: Path) -> Path:
    """``path``, or the same with a number, so that no earlier file is written over."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free
