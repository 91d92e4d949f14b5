"""Feed recorded history through the same verbs, under a simulated clock."""

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TextIO

import typer

from alerting.notifiers import inbox
from analysis.model import Weights, load_weights
from desk.cli import _exits, _options
from desk.cli._reader import weights_in_use
from desk.cli._streams import tell
from desk.clocks import SimulatedClock
from desk.recorded import BadRecordError, recorded
from desk.replaying import QUIET, Replay, Tick, Told, news_told, signal_told, with_sources
from desk.wiring.shared import Place, WiringError, read_config
from desk.wiring.worker import worker_parts
from wanglou.storage.engine import DATABASE_FILE
from wanglou.storage.errors import StorageError
from wanglou.storage.scratch import scratch_storage

STDOUT = "-"


def replay(
    streams: Annotated[list[str], typer.Argument(help="Recorded mentions or hot lists, plain or .gz.")],
    config: _options.ConfigDir = _options.CONFIG,
    data: _options.DataDir = _options.DATA,
    library: _options.LibraryDir = _options.LIBRARY,
    signals: Annotated[str, typer.Option("--signals", help="Where signals go; - is stdout.")] = "",
    incidents: Annotated[str, typer.Option("--incidents", help="Where incidents go; - is stdout.")] = STDOUT,
    quiet_hours: Annotated[
        float, typer.Option(help="Close an incident without news for so long, as people would.")
    ] = QUIET / timedelta(hours=1),
) -> None:
    """Write what would have stood out and whom it would have woken, one JSON object a line.

    Nothing outside a temporary folder is touched and nothing is sent. ``at`` is when it was known. Texts are
    read with what corrections taught the desk of --data.
    """
    if STDOUT in streams:
        raise _exits.UsageError("a recording is read twice, so it must be a file, not stdin")
    paths = [Path(stream) for stream in streams]
    with ExitStack() as stack:
        outs = [stack.enter_context(_opened(out)) for out in (signals, incidents)]
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wanglou-replay-")))
        weights = weights_in_use(data, load_weights())
        try:
            counts = _run(paths, Place(config, scratch, library), timedelta(hours=quiet_hours), outs, weights)
        except BadRecordError as error:
            raise _exits.UnreadableInputError(str(error)) from error
        except (StorageError, WiringError) as error:
            raise _exits.CommandError(str(error)) from error
    tell(f"signals: {counts[0]}; incidents opened or raised: {counts[1]}")


def _run(
    paths: Sequence[Path], place: Place, quiet: timedelta, outs: Sequence[TextIO | None], weights: Weights
) -> list[int]:
    first = next(iter(recorded(paths)), None)
    if first is None:
        raise _exits.UnreadableInputError(f"nothing recorded in {', '.join(map(str, paths))}")
    clock = SimulatedClock(first.visible_at)
    checked = with_sources(read_config(place), (sighting.item for sighting in recorded(paths)))
    notifiers = {"inbox": inbox.PLUGIN({}, {})}  # the desk's own: nothing leaves this machine
    storage = scratch_storage(place.data / DATABASE_FILE)  # by its path: WANGLOU_DATABASE names the real one
    parts = worker_parts(checked, place, storage, clock, notifiers, rehearsal=False, weights=weights)
    played = Replay(parts, clock, quiet)
    played.start(first.visible_at)
    counts = [0, 0]
    for tick in _with_progress(played.run(recorded(paths))):
        found = (
            [signal_told(signal, tick.now) for signal in tick.signals],
            [news_told(news, tick.now) for news in tick.news],
        )
        for place_of, (told, out) in enumerate(zip(found, outs, strict=True)):
            counts[place_of] += len(told)
            _write(told, out)
    return counts


def _with_progress(ticks: Iterator[Tick]) -> Iterator[Tick]:
    """Say each new week on stderr: a month takes up to a minute."""
    week = None
    for tick in ticks:
        if tick.now.isocalendar()[:2] != week:
            week = tick.now.isocalendar()[:2]
            tell(f"replaying {tick.now:%Y-%m-%d} …")
        yield tick


def _write(told: Sequence[Told], out: TextIO | None) -> None:
    if out is not None:
        out.writelines(json.dumps(line.line, ensure_ascii=False) + "\n" for line in told)


@contextmanager
def _opened(name: str) -> Iterator[TextIO | None]:
    """A file to write, stdout for ``-``, nothing where no name is given."""
    if name in {"", STDOUT}:
        yield sys.stdout if name else None
        return
    try:
        file = Path(name).open("w", encoding="utf-8")  # noqa: SIM115 -- closed below
    except OSError as error:
        raise _exits.UnreadableInputError(f"{name}: cannot be written: {error.strerror}") from error
    with file:
        yield file


PLUGIN = replay
