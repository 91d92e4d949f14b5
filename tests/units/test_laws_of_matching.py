"""Laws of who is meant: script, order and company change nothing."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from analysis.matching import Matcher
from wanglou.config.watch import parse_watch
from wanglou.domain.client import Alias, Brand, Client
from wanglou.domain.item import Author, Item

LOCK = Client(
    "lock",
    "安屿智能家居",
    (
        Brand(
            "安屿",
            (Alias("安屿锁"), Alias("AnyuLock"), Alias("AY", exact_case=True)),
            ("安屿湾",),
            parse_watch("安屿 NEAR/6 (门锁 OR 坏) NOT 租房 OR author:安屿"),
        ),
        Brand("安屿净水", ()),
        Brand("门锁", (Alias("安屿锁"),)),
    ),
    competitors=(Brand("陌川", (Alias("川锁"),), ("陌川路",)),),
)
TEA = Client("tea", "茗序茶饮", (Brand("屿锁", ()), Brand("净水", (Alias("净水器"),))))

TRADITIONAL = OpenCC("s2t").convert

PIECES = [
    *(
        "安屿",
        "安屿锁",
        "安屿湾",
        "净水",
        "净水器",
        "门锁",
        "陌川",
        "川锁",
        "陌川路",
        "坏",
        "租房",
        "AnyuLock",
        "AY",
        "ay",
    ),
    *(" ", "·", "*", "，", "\n", "\u200b", "🔥", "的", "а", "&amp;", "<b>", "http://t.cn/"),
]
ITEMS = st.builds(
    lambda title, text, author: Item(
        "s", "", "".join(title), "".join(text), Author(author) if author else None
    ),
    st.lists(st.sampled_from(PIECES), max_size=4),
    st.lists(st.sampled_from(PIECES), max_size=16),
    st.sampled_from(["", "安屿官方", "小明"]),
)


@given(st.lists(ITEMS, max_size=40), st.randoms(use_true_random=False))
def test_a_batch_in_any_order_names_whom_each_item_alone_names(items: list[Item], random: Random) -> None:
    matcher = Matcher([LOCK, TEA])
    alone = [matcher.named(item) for item in items]
    assert matcher.named_all(items) == alone
    order = random.sample(range(len(items)), len(items))
    assert matcher.named_all([items[n] for n in order]) == [alone[n] for n in order]


@given(ITEMS, st.randoms(use_true_random=False))
def test_the_order_of_clients_brands_and_names_does_not_matter(item: Item, random: Random) -> None:
    def shuffled(client: Client) -> Client:
        brands = tuple(
            Brand(b.name, tuple(random.sample(b.aliases, len(b.aliases))), b.look_alikes, b.watch)
            for b in random.sample(client.brands, len(client.brands))
        )
        return Client(client.id, client.name, brands, competitors=client.competitors)

    first, other = Matcher([LOCK, TEA]), Matcher([shuffled(TEA), shuffled(LOCK)])
    named = [{(m.client, m.brand, m.spans) for m in matcher.matches(item)} for matcher in (first, other)]
    assert named[0] == named[1]
    assert set(first.missed(item)) == set(other.missed(item))


@given(ITEMS)
def test_a_text_in_traditional_script_means_whom_its_simplified_twin_means(item: Item) -> None:
    twin = Item(item.source, item.url, TRADITIONAL(item.title), TRADITIONAL(item.text), item.author)
    matcher = Matcher([LOCK, TEA])
    assert matcher.named(twin) == matcher.named(item)
    assert matcher.missed(twin) == matcher.missed(item)


@pytest.mark.parametrize("name", ["发财面馆", "后里台湾", "干杯钟表", "云谷松岳", "历历复兴", "卫士粽子"])
def test_a_name_in_either_script_is_found_in_both(name: str) -> None:
    """Characters of which one simplified form stands for several."""
    twins = (name, TRADITIONAL(name), OpenCC("s2hk").convert(name))
    for written in twins:
        matcher = Matcher([Client("c", "c", (Brand(written, ()),))])
        for text in twins:
            assert [m.spans for m in matcher.matches(Item("s", "", "", text))] == [((1, 1 + len(text)),)]


@given(ITEMS)
def test_each_name_that_is_seen_counts_or_says_why_not(item: Item) -> None:
    matcher = Matcher([LOCK, TEA])
    named = matcher.named(item)
    counted = {(m.client, m.brand) for m in (*named.brands, *named.competitors)}
    told = {(m.client, m.brand) for m in matcher.missed(item)}
    for client in (LOCK, TEA):
        for brand in (*client.brands, *client.competitors):
            if brand.name in item.text:
                assert (client.id, brand.name) in counted | told
