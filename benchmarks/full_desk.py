"""A desk with much behind it: twenty clients, two hundred open incidents, as many mentions as asked for.

A first ten thousand mentions are stored by the product's own hands; further ones are copies of their rows
at other moments, made by the database itself, which is quick enough for a million.
"""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Insert,
    Table,
    Text,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    text,
    type_coerce,
)

from benchmarks.workload import LIBRARY, write_agency
from desk.acts import Acts
from desk.clocks import SimulatedClock
from desk.pipeline.respond import respond
from desk.rehearsal.posts import load_script
from desk.wiring.shared import Place, notifiers_of, read_config, storage_of
from desk.wiring.worker import worker_parts
from wanglou.domain.agency import Config
from wanglou.domain.incident import Via
from wanglou.domain.item import Author, DatedBy, Item
from wanglou.domain.mention import Match, Mention, Reading, Sentiment
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.source import SourceClass
from wanglou.domain.topic import Topic
from wanglou.domain.volume import WARM_UP, Observed, Series, VolumeRow, bucket_of
from wanglou.ports import UnitOfWork
from wanglou.storage import tables
from wanglou.storage.column_types import Instant
from wanglou.storage.engine import SqlStorage

CLIENTS = 20
BRANDS = 2
INCIDENTS = 200
FIRST_MENTIONS = 10_000
SPAN = timedelta(days=30)
WATCHER = "zhou"
"""Of the rehearsal's people one who sees all clients."""

_MICROSECONDS = timedelta(microseconds=1)
_BUCKET, _HOUR = (int(t / _MICROSECONDS) for t in (timedelta(minutes=5), timedelta(hours=1)))
_AT_ONCE = 1_000


def full_desk(folder: Path, now: datetime, mentions: int) -> tuple[Config, Place, SqlStorage]:
    """Make it in ``folder``, its mentions spread over the days before ``now``.

    ``mentions`` is a multiple of FIRST_MENTIONS.
    """
    place = Place(folder / "config", folder, LIBRARY)
    write_agency(place.config)
    _write_clients(place.config / "clients")
    config, storage = read_config(place), storage_of(place)
    _open_incidents(config, place, storage, now)
    _keep_first(config, storage, now)
    _multiply(storage, mentions // FIRST_MENTIONS)
    _count(storage)
    return config, place, storage


def a_mention_comes_in(uow: UnitOfWork, config: Config, number: int, now: datetime) -> None:
    """One client after another is spoken of; ``number`` tells one mention from another."""
    chance = Random(number)  # noqa: S311 -- repeatable, not secret
    client = list(config.clients.values())[number % CLIENTS]
    brand, words = client.brands[0].name, chance.choice(load_script()).text
    item, mention = _a_mention(f"new-{number}", client.id, brand, words, now, chance)
    uow.items.keep([item], now)
    uow.mentions.add([mention])
    series = Series(client.id, brand, mention.source_class)
    uow.volumes.add([VolumeRow(series, bucket_of(now), 1, 1, 0, mention.reach)])
    uow.changes.note(client.id, "mention", client.id, now)


def an_incident_changes(uow: UnitOfWork, number: int, now: datetime) -> None:
    """One after another, as after an act."""
    incident = uow.incidents.all_open()[number % INCIDENTS]
    uow.incidents.save(replace(incident, changed_at=now))
    uow.changes.note(incident.client, "incident", incident.id, now)


def _write_clients(folder: Path) -> None:
    for path in folder.glob("*.yaml"):
        path.unlink()
    for number in range(CLIENTS):
        brands = [
            {"name": f"望{number:02d}牌{b}号", "aliases": [f"望{number:02d}品{b}号"]} for b in range(BRANDS)
        ]
        content: dict[str, Any] = {
            "client": f"client-{number:02d}",
            "name": f"第{number:02d}客户",
            "brands": brands,
        }
        content["team"] = {"account": "wang", "director": "li", "pr": "gu", "media": "zhao", "legal": "sun"}
        path = folder / f"client-{number:02d}.yaml"
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _open_incidents(config: Config, place: Place, storage: SqlStorage, now: datetime) -> None:
    """By hand, as the desk does it, each with the plan its book gives."""
    notifiers = notifiers_of(config, {})
    acts = Acts(storage, config, frozenset(notifiers))
    access = config.access_of(config.agency.people[WATCHER])
    topics = [topic for topic in Topic if topic is not Topic.OTHER]
    clients, levels = list(config.clients.values()), list(Severity)
    for number in range(INCIDENTS):
        client, round_ = clients[number % CLIENTS], number // CLIENTS
        topic, severity = topics[round_ % len(topics)], levels[number % len(levels)]
        told = f"客户来电，第{number}件：门店有人排队，网上已有帖子"
        report = Report(client.id, client.brands[0].name, topic, severity, told, "客户", f"form-{number}")
        opened = now - timedelta(minutes=5 * (INCIDENTS - number))
        acts.report(access, report, Via.DESK, opened)
    clock = SimulatedClock(now)
    respond(worker_parts(config, place, storage, clock, notifiers, rehearsal=True), now)


def _keep_first(config: Config, storage: SqlStorage, now: datetime) -> None:
    posts, chance = load_script(), Random(5)  # noqa: S311 -- repeatable, not secret
    clients = list(config.clients.values())
    for start in range(0, FIRST_MENTIONS, _AT_ONCE):
        pairs = []
        for number in range(start, start + _AT_ONCE):
            client = clients[number % CLIENTS]
            brand = chance.choice(client.brands).name
            words = chance.choice(posts).text
            at = now - SPAN * (FIRST_MENTIONS - number) / FIRST_MENTIONS
            pairs.append(_a_mention(str(number), client.id, brand, words, at, chance))
        with storage.begin() as uow:
            uow.items.keep([item for item, _ in pairs], now)
            uow.mentions.add([mention for _, mention in pairs])
            uow.commit()
    with storage.begin() as uow:  # what is here was read: the worker has nothing left to do
        uow.connection.execute(tables.item.update().values(read_at=now))
        uow.commit()


def _a_mention(  # noqa: PLR0913, PLR0917 -- each differs from mention to mention
    name: str, client: str, brand: str, words: str, at: datetime, chance: Random
) -> tuple[Item, Mention]:
    url = f"https://posts.example/{name}"
    author = Author(f"读者{chance.randrange(5000)}")
    item = Item("drop", url, "", f"{brand}：{words}", author, at, DatedBy.FEED)
    label = chance.choices(list(Sentiment), weights=(1, 4, 2))[0]
    spoke = tuple((words[i : i + 2], 2.0 - i / 10) for i in range(0, 16, 2))
    mention = Mention(
        client=client,
        brand=brand,
        item_key=item.key,
        version=1,
        source="drop",
        source_class=chance.choice([SourceClass.NEWS, SourceClass.SOCIAL, SourceClass.FORUM]),
        published_at=at,
        first_seen=at,
        read_at=at,
        match=Match(client, brand, brand, ((0, len(brand)),)),
        reading=Reading("0" * 64, 0.3, 0.5, 0.2, label, unsure=False, words=spoke),
        group=item.key,
        voice=chance.random() < 0.8,  # noqa: PLR2004 -- a fifth are copies
        reach=5000,
    )
    return item, mention


def _multiply(storage: SqlStorage, times: int) -> None:
    """Copy every row ``times`` - 1 times, each copy a little earlier, so that all are spread evenly."""
    step = int(SPAN / FIRST_MENTIONS / times / _MICROSECONDS)
    for table in (tables.item, tables.mention):
        with storage.begin() as uow:
            uow.connection.execute(text("PRAGMA cache_size = -500000"))
            uow.connection.execute(_copying(table), {"times": times, "step": step})
            uow.commit()
    storage.close()  # the next connection has a cache of the usual size again


def _copying(table: Table) -> Insert:
    """In the order of its key: a million rows in any other would be hours of moving pages about."""
    first = select(literal(1).label("n")).cte("numbers", recursive=True)
    numbers = first.union_all(select(first.c.n + 1).where(first.c.n < bindparam("times") - 1))
    copies = [_copied(column, numbers.c.n).label(column.name) for column in table.c]
    rows = select(*copies).join(numbers, bindparam("times") > numbers.c.n).order_by(*table.primary_key)
    return insert(table).from_select(list(table.c.keys()), rows)


def _copied(column: ColumnElement[Any], number: ColumnElement[int]) -> ColumnElement[Any]:
    if column.name in {"key", "item_key", "group_id"}:
        return column + "-" + cast(number, Text)
    if column.name == "search_id":  # unique, and nothing here is searched for
        return null()
    if isinstance(column.type, Instant):
        return _number(column) - number * bindparam("step")
    return column


def _count(storage: SqlStorage) -> None:
    """The counts, from the mentions themselves."""
    mention = tables.mention.c
    at, one = _number(mention.at), func.count()
    voices = func.sum(case((mention.voice, 1), else_=0))
    negatives = func.sum(case((mention.voice & (mention.label == Sentiment.NEG.value), 1), else_=0))
    by_bucket = select(
        (at - at % _BUCKET),
        mention.client,
        mention.brand,
        mention.source_class,
        one,
        voices,
        negatives,
        func.sum(mention.reach),
    ).group_by((at - at % _BUCKET), mention.client, mention.brand, mention.source_class)
    by_hour = select(mention.client, mention.brand, (at - at % _HOUR), one, negatives, voices).group_by(
        mention.client, mention.brand, (at - at % _HOUR)
    )
    with storage.begin() as uow:
        for table, counted in ((tables.volume, by_bucket), (tables.volume_hour, by_hour)):
            uow.connection.execute(delete(table))
            uow.connection.execute(insert(table).from_select(list(table.c.keys()), counted))
        of_brand = (mention.client, mention.brand)
        since = uow.connection.execute(select(*of_brand, func.min(mention.at)).group_by(*of_brand))
        uow.volumes.set_observed([Observed(*brand, WARM_UP) for brand in since])
        uow.commit()


def _number(column: ColumnElement[Any]) -> ColumnElement[int]:
    return type_coerce(column, BigInteger())
