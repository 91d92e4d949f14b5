"""Texts matched per CPU second against 10,000 aliases of 500 brands, against one brand's aliases."""

from collections.abc import Sequence
from random import Random
from time import process_time

from analysis.matching import Matcher
from benchmarks.figure import Figure, Rival
from benchmarks.posts import posts
from wanglou.domain.client import Alias, Brand, Client
from wanglou.domain.item import Item

BRANDS = 500
ALIASES = 20
FLOOR = 0.5
"""500 brands may cost at most twice what one brand costs."""

_SYLLABLES = "安屿穹野芷陌川茗序澜汀岚砚棠霁屹珩翊沅蘅"
_TRADES = ("门锁", "茶饮", "净水", "汽车", "家居", "乳业", "童装", "航旅", "口腔", "数码")
_LATIN = "abdeghiklmnoprstuvxyz"


def match_10000_aliases() -> list[Figure]:
    brands = _brands()
    items = _items(brands)
    clients = [Client(f"c{n}", f"c{n}", (brand,)) for n, brand in enumerate(brands)]
    one, all_of_them = Matcher(clients[:1]), Matcher(clients)
    rival = Rival("one brand", max(_per_second(one, items) for _ in range(3)))
    ours = max(_per_second(all_of_them, items) for _ in range(3))
    return [rival.beaten_by_more("10,000 aliases", ours, "texts/CPU s", FLOOR)]


def _items(brands: Sequence[Brand]) -> list[Item]:
    """Posts, one in ten of which names one of the brands."""
    sample = posts(20_000)
    named = [
        text if n % 10 else f"{brands[n % BRANDS].aliases[1].text}：{text}" for n, text in enumerate(sample)
    ]
    return [Item("bench", "", "", text) for text in named]


def _brands() -> list[Brand]:
    """Invented names: no two alike, half of them Chinese, half Latin."""
    random = Random(7)  # noqa: S311 -- names, not keys
    names: dict[str, None] = {}
    while len(names) < BRANDS * ALIASES:
        name = "".join(random.choices(_SYLLABLES, k=3)) + random.choice(_TRADES)
        names[name if len(names) % 2 else "".join(random.choices(_LATIN, k=8))] = None
    every = list(names)
    return [Brand(every[n], tuple(map(Alias, every[n : n + ALIASES]))) for n in range(0, len(every), ALIASES)]


def _per_second(matcher: Matcher, items: Sequence[Item]) -> float:
    began = process_time()
    for item in items:
        matcher.matches(item)
    return len(items) / (process_time() - began)


PLUGIN = match_10000_aliases
