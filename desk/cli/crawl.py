"""Look at one source now and print what it shows; nothing is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from crawlers.crawl import crawl_once
from crawlers.rounds import CrawlSettings, Outcome, Round, RoundRequest
from desk.cli import _exits, _options
from desk.cli._streams import tell, write_json_lines
from desk.clocks import WallClock
from desk.wiring.shared import SOURCES, Place, read_config
from wanglou.domain.agency import Config
from wanglou.domain.item import Item
from wanglou.domain.source import SourceSpec
from wanglou.kinds import find_kind
from wanglou.wording import say


def crawl(
    once: Annotated[str, typer.Option("--once", metavar="ID", help="The source's id in sources.yaml.")],
    config: _options.ConfigDir = _options.CONFIG,
    library: _options.LibraryDir = _options.LIBRARY,
    data: _options.DataDir = _options.DATA,
) -> None:
    """Write the items of one look at a source, one JSON object a line; also at one that is switched off.

    The page is asked for as if never seen before. No item, ETag or health is stored and no file of a drop
    folder is moved. Exit code 1 means that not everything could be read; stderr says why.
    """
    spec = _named(once, read_config(Place(config, data, library)))
    try:
        source = find_kind(SOURCES, spec.kind)(spec)
    except ValueError as error:
        raise _exits.CommandError(f"{config / 'sources.yaml'}: {error}") from error
    rounds = crawl_once(RoundRequest(spec, source), CrawlSettings(folders_under=data), WallClock())
    write_json_lines(_plain(item) for part in rounds for item in part.items)
    _report(spec.id, rounds)


def _named(source: str, config: Config) -> SourceSpec:
    every = {**config.sources, **config.resting}
    if source not in every:
        raise _exits.UsageError(f"no source {source!r}; sources.yaml has {', '.join(every)}")
    return every[source]


def _plain(item: Item) -> dict[str, Any]:
    """An item as JSON takes it, with the key it would be stored under."""
    return {"key": item.key, **asdict(item, dict_factory=_jsonable)}


def _jsonable(pairs: Sequence[tuple[str, Any]]) -> Mapping[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in pairs}


def _report(source: str, rounds: Sequence[Round]) -> None:
    """What the look came to, for the person at the keyboard; a lost or partial round is a finding."""
    items = sum(len(part.items) for part in rounds)
    troubles = dict.fromkeys(say(part.trouble, "en") for part in rounds if part.trouble)
    left = len(rounds[-1].pending or ())
    tell(f"{source}: {items} items" + (f", {left} pages left for another look" if left else ""))
    for trouble in troubles:
        tell(trouble)
    if any(part.outcome in {Outcome.FAILED, Outcome.PARTLY} for part in rounds):
        raise typer.Exit(_exits.FINDING)


PLUGIN = crawl
