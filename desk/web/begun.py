"""What is said of a client of which too little was observed to notice a rise: that it has just begun."""

from dataclasses import dataclass
from datetime import timedelta

from desk.web.rendering import Reader
from wanglou.domain.client import Client
from wanglou.domain.volume import BUCKET, WARM_UP
from wanglou.ports import ClientTile

WANTED = WARM_UP * BUCKET
"""How much of a brand must have been observed before a rise of it is judged."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A brand of which less than ``WANTED`` was observed: ``seen``."""

    brand: str
    seen: timedelta


def begun(client: Client, tile: ClientTile) -> Begun | None:
    """The client's brand of which least was observed, if that is too little to call it quiet."""
    observed = dict(tile.observed)
    seen = {brand.name: observed.get(brand.name, 0) * BUCKET for brand in client.brands}
    least = min(seen, key=lambda brand: seen[brand], default=None)
    return Begun(least, seen[least]) if least is not None and seen[least] < WANTED else None


def begun_words(reader: Reader, client: Client, tile: ClientTile) -> str:
    """How much was observed, how much is wanted, and what works meanwhile; empty where it is enough.

    The brand is named where the client has others.
    """
    known = begun(client, tile)
    if known is None:
        return ""
    code = "page_begun_seen" if known.seen else "page_begun_now"
    facts = {"seen": reader.times.span(known.seen), "wanted": reader.times.span(WANTED)}
    said = reader.words(code, **facts)
    return reader.words("page_begun_brand", brand=known.brand, said=said) if len(client.brands) > 1 else said
