"""Try rules and detectors on stored or recorded history: what they would have told, caught and missed."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from analysis.model import load_weights
from desk.backtesting.history import History
from desk.backtesting.known import BadIncidentsError, read_incidents
from desk.backtesting.records import records
from desk.backtesting.reporting import Asked, NoHistoryError, Tried, report, stretch
from desk.backtesting.result import Past, Report
from desk.backtesting.saved import Shelf
from desk.backtesting.scoring import EARLY, LATE, Margins
from desk.cli import _exits, _options
from desk.cli._backtest_words import Words
from desk.cli._reader import weights_in_use
from desk.cli._streams import name_of, read_text, tell, write_json_lines
from desk.clocks import WallClock
from desk.recorded import BadRecordError
from desk.wiring.backtest import isolated_run, recording, stored_history
from desk.wiring.shared import Place, WiringError, read_config
from wanglou.domain.agency import Config
from wanglou.domain.person import Access
from wanglou.domain.span import Span
from wanglou.storage.errors import CannotOpenError, StorageError

USUAL = timedelta(weeks=4)
"""How much is looked at where nothing is said."""

COMMAND = Access("backtest", None)
"""Whoever may start the command may read the database itself."""

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def backtest(
    streams: Annotated[
        list[str] | None,
        typer.Argument(help="Recordings or folders of them; without, the database of --data."),
    ] = None,
    config: _options.ConfigDir = _options.CONFIG,
    data: _options.DataDir = _options.DATA,
    library: _options.LibraryDir = _options.LIBRARY,
    since: Annotated[str, typer.Option("--from", help="First day or moment, such as 2026-03-01.")] = "",
    until: Annotated[str, typer.Option("--to", help="Last day, which is looked at too, or a moment.")] = "",
    incidents: Annotated[
        str, typer.Option(help="CSV client,brand,topic,onset[,told] of past incidents; - is stdin.")
    ] = "",
    compare: Annotated[
        Path | None, typer.Option(help="A second config folder, over the same history.")
    ] = None,
    save: Annotated[
        bool, typer.Option("--save", help="Keep the result in the data folder for the page 回测.")
    ] = False,
    early_hours: Annotated[
        float, typer.Option(min=0, help="How long before an onset an alert counts for it.")
    ] = EARLY / HOUR,
    late_hours: Annotated[float, typer.Option(min=0, help="How long after it.")] = LATE / HOUR,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    language: Annotated[_options.Language, typer.Option(help="What it is said in.")] = _options.Language.ZH,
) -> None:
    """Run a config over history: what it would have told, which incidents caught, and how much earlier.

    Read with what corrections taught the desk of --data, as the worker reads.
    Four weeks up to the last sighting, unless --from and --to say otherwise; fifteen days before serve to
    learn what is usual. Nobody is messaged and the database is only read.
    """
    places = [Place(config, data, library), *([Place(compare, data, library)] if compare else [])]
    configs = [read_config(place) for place in places]
    zone = configs[0].agency.zone
    wanted = _Wanted(_moment(since, zone, "--from"), _moment(until, zone, "--to", day_after=True))
    if wanted.since and wanted.until and wanted.since >= wanted.until:
        raise _exits.UsageError(f"--from {since} is not before --to {until}")
    listed = _listed(incidents, configs[0], zone)
    margins = Margins(early_hours * HOUR, late_hours * HOUR)
    with _history(streams or [], places[0]) as (history, refused):
        for error in refused:
            tell(f"{error}; left out")
        asked = _asked(history, wanted, margins, ", ".join(Path(s).name for s in streams or ()), zone)
        past = [*history.past(COMMAND, Span(asked.bounds.since, asked.span.until)), *listed]
        names = _names([place.config for place in places])
        tried = [
            _tried(name, place, c, history, asked)
            for name, place, c in zip(names, places, configs, strict=True)
        ]
    found = report(asked, past, *tried)
    _write(found, Words(language, configs[0]), as_json=as_json)
    if save:
        _keep(found, data)
    if refused:
        raise _exits.UnreadableInputError(f"{len(refused)} recorded lines were left out, see above")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the command line says of the stretch."""

    since: datetime | None
    until: datetime | None


def _moment(text: str, zone: ZoneInfo, option: str, *, day_after: bool = False) -> datetime | None:
    """A moment in UTC; a bare day is its beginning, or its end."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        local = at if at.tzinfo else at.replace(tzinfo=zone)
        if day_after and len(text.strip()) <= len("2026-03-31"):
            local = datetime.combine(local.date() + DAY, time.min, local.tzinfo)
        return local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _exits.UsageError(
            f'{option}: found "{text}"; write a day like 2026-03-01, or 2026-03-01T14:05'
        ) from error


def _listed(file: str, config: Config, zone: ZoneInfo) -> list[Past]:
    if not file:
        return []
    try:
        return read_incidents(read_text(file).splitlines(), name_of(file), config.clients, zone)
    except BadIncidentsError as error:
        raise _exits.UnreadableInputError(str(error)) from error


@contextmanager
def _history(streams: Sequence[str], place: Place) -> Iterator[tuple[History, Sequence[BadRecordError]]]:
    with ExitStack() as stack:
        try:
            if streams:
                history: History
                history, refused = stack.enter_context(recording([Path(stream) for stream in streams]))
            else:
                history, refused = stack.enter_context(stored_history(place)), []
        except (BadRecordError, CannotOpenError) as error:
            raise _exits.UnreadableInputError(str(error)) from error
        except StorageError as error:
            raise _exits.CommandError(str(error)) from error
        yield history, refused


def _asked(history: History, wanted: _Wanted, margins: Margins, streams: str, zone: ZoneInfo) -> Asked:
    known = history.bounds()
    if known is None:
        raise _exits.CommandError("there is no history yet: nothing was ever collected there")
    try:
        span = stretch(wanted.since, wanted.until, USUAL, known, zone)
    except NoHistoryError as error:
        raise _exits.CommandError(str(error)) from error
    return Asked(span, known, streams, WallClock().now(), forgets=not streams, margins=margins)


def _names(folders: Sequence[Path]) -> list[str]:
    """What to call the configs: their folders' names, or as they were typed where that says too little."""
    names = [folder.resolve().name for folder in folders]
    return names if len(set(names)) == len(names) else [str(folder) for folder in folders]


def _tried(name: str, place: Place, config: Config, history: History, asked: Asked) -> Tried:
    with ExitStack() as stack:
        try:
            progress = _Progress(name, asked.span)
            weights = weights_in_use(place.data, load_weights())
            made = isolated_run(config, place.library, history.sources, progress, weights)
            run = stack.enter_context(made)
            played = run.over(history, asked.span, run.accounts())
            return Tried(name, config, played, run.parts.reader.version)
        except (StorageError, WiringError) as error:
            raise _exits.CommandError(str(error)) from error


@dataclass
class _Progress:
    """Says each new week on stderr."""

    name: str
    span: Span
    week: tuple[int, int] | None = None

    def __call__(self, now: datetime) -> None:
        """Told the simulated time at each tick."""
        week = now.isocalendar()[:2]
        if week != self.week:
            self.week = week
            share = max(timedelta(0), now - self.span.since) / (self.span.until - self.span.since)
            tell(f"{self.name}: {now:%Y-%m-%d}, {share:.0%} …")


def _write(found: Report, words: Words, *, as_json: bool) -> None:
    if as_json:
        write_json_lines(records(found, words.reason))
    else:
        sys.stdout.writelines(f"{line}\n" for line in words.lines(found))


def _keep(found: Report, data: Path) -> None:
    try:
        name = Shelf(data).keep(found)
    except OSError as error:
        raise _exits.UnreadableInputError(
            f"keeping the result below {data}: {error.strerror}; make room there, or leave out --save"
        ) from error
    tell(f"kept as {name}: see the page /backtest")


PLUGIN = backtest
