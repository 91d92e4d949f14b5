"""Mentions for page tests: what was said of a brand, ready to be found by its words."""

from dataclasses import replace
from datetime import datetime

from analysis.search import grams
from analysis.volume import count
from tests.pages_sample import HOUR, NOW
from tests.units.storage.examples import a_mention, an_item
from wanglou.domain.item import Item
from wanglou.domain.mention import Mention, Sentiment
from wanglou.storage.engine import SqlStorage


def seed(storage: SqlStorage, *pairs: tuple[Item, Mention]) -> None:
    with storage.begin() as uow:
        uow.items.keep([item for item, _ in pairs], NOW)
        uow.mentions.add([mention for _, mention in pairs])
        uow.volumes.add(count([mention for _, mention in pairs]))
        waiting = uow.mentions.unsearchable(10_000)
        uow.mentions.make_searchable([(said, grams(said.all_words)) for said in waiting])
        uow.commit()


def post(
    number: int, text: str, at: datetime = NOW - HOUR, source: str = "s1", **changes: object
) -> tuple[Item, Mention]:
    item = replace(an_item(number, text, at), source=source, title="")
    brand = str(changes.pop("brand", "安屿"))
    client = str(changes.pop("client", "anju"))
    plain = a_mention(item, client=client, brand=brand, label=Sentiment.NEU, topics=())
    changes = {"group": f"group-{number}", "first_seen": at, **changes}
    return item, replace(plain, **changes)  # type: ignore[arg-type]  # by name
