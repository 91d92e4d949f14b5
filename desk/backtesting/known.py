"""A list of past incidents that a database does not know: client, brand, topic and onset, one a line."""

import csv
import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from desk.backtesting.result import Past
from wanglou.domain.client import Client
from wanglou.domain.topic import Topic

COLUMNS = ("client", "brand", "onset")
"""Columns there must be; ``topic`` and ``told``, when people were alerted then, may be there too."""


class BadIncidentsError(Exception):
    """The list cannot be used; one sentence a mistake, each with its line."""


def read_incidents(
    lines: Iterable[str], file: str, clients: Mapping[str, Client], zone: tzinfo
) -> list[Past]:
    """The incidents of a CSV file, in its order. Raises BadIncidentsError naming every mistake.

    ``clients``: those there are, by id. A time without an offset is read in ``zone``.
    """
    reader = csv.DictReader(lines, skipinitialspace=True)
    header = [str(name).strip().lower().lstrip("\ufeff") for name in reader.fieldnames or ()]
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise BadIncidentsError(f"{file}:1: no column {', '.join(missing)}; write client,brand,topic,onset")
    reader.fieldnames = header
    found: list[Past] = []
    wrong: list[str] = []
    for row in reader:
        cells = {
            k: (v or "").strip() for k, v in row.items() if isinstance(k, str) and not isinstance(v, list)
        }
        place = f"{file}:{reader.line_num}"
        if any(cells.values()):
            mistakes = list(_mistakes(cells, clients, zone))
            wrong += [f"{place}: {mistake}" for mistake in mistakes]
            name = f"{Path(file).name}:{reader.line_num}"  # kept with results: no machine's folders in it
            found += [] if mistakes else [_past(cells, name, clients, zone)]
    if wrong:
        raise BadIncidentsError("\n".join(wrong))
    return found


def _mistakes(cells: Mapping[str, str], clients: Mapping[str, Client], zone: tzinfo) -> Iterator[str]:
    client = clients.get(cells["client"])
    if client is None:
        yield f'client: there is no client "{cells["client"]}"; {_near(cells["client"], clients)}'
    elif _brand(client, cells["brand"]) is None:
        names = [brand.name for brand in client.brands]
        yield f'brand: {client.id} has no brand "{cells["brand"]}"; {_near(cells["brand"], names)}'
    if cells.get("topic") and cells["topic"] not in set(Topic):
        yield f'topic: there is no topic "{cells["topic"]}"; {_near(cells["topic"], list(Topic))}'
    if _moment(cells["onset"], zone) is None:
        yield f'onset: found "{cells["onset"]}"; write it like 2026-03-10 14:05'
    if cells.get("told") and _moment(cells["told"], zone) is None:
        yield f'told: found "{cells["told"]}"; write it like 2026-03-10 14:05, or nothing'


def _past(cells: Mapping[str, str], place: str, clients: Mapping[str, Client], zone: tzinfo) -> Past:
    onset = _moment(cells["onset"], zone)
    brand = _brand(clients[cells["client"]], cells["brand"])
    if onset is None or brand is None:
        raise BadIncidentsError(f"{place}: cannot be used")
    topic = Topic(cells["topic"]) if cells.get("topic") else None
    told = _moment(cells.get("told", ""), zone)
    return Past(cells["client"], brand, topic, onset, told, ended=None, name=place)


def _brand(client: Client, name: str) -> str | None:
    """The brand's name; where a client has one brand only, the cell may be empty."""
    if not name and len(client.brands) == 1:
        return client.brands[0].name
    return next((brand.name for brand in client.brands if brand.name == name), None)


def _moment(text: str, zone: tzinfo) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _near(word: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(known))}"
