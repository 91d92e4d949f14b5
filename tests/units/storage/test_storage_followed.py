"""Items with every count of their reactions."""

from dataclasses import replace

from tests.units.storage.examples import ALL, HOUR, MINUTE, NOON, a_mention, an_item
from wanglou.domain.item import Author, Engagement, Item
from wanglou.storage.engine import SqlStorage


def counted(number: int, *comments: int, author: Author | None = None, source: str = "weibo") -> list[Item]:
    """The same item seen once a minute with so many comments."""
    item = replace(an_item(number), source=source, author=author)
    return [
        replace(item, engagement=Engagement(NOON + i * MINUTE, comments=n)) for i, n in enumerate(comments)
    ]


def test_every_count_is_kept_oldest_first(storage: SqlStorage) -> None:
    items = counted(1, 5, 9, 50, author=Author("李", id="u1"))
    with storage.begin() as uow:
        for item in (items[2], items[0], items[1]):
            uow.items.keep([item], NOON)
        [post] = uow.items.followed({items[0].key, an_item(9).key})

    assert (post.key, post.source, post.author) == (items[0].key, "weibo", "u1")
    assert post.published_at == items[0].published_at
    assert [c.comments for c in post.counts] == [5, 9, 50]


def test_an_item_never_counted_is_left_out(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.items.keep([an_item(1)], NOON)
        assert uow.items.followed({an_item(1).key}) == []
        assert uow.items.followed(set()) == []


def test_a_places_posts_are_the_latest_counted_ones_and_an_authors_are_his_own(storage: SqlStorage) -> None:
    li, wang = Author("李", id="u1"), Author("王")
    with storage.begin() as uow:
        uow.items.keep(counted(1, 1, author=li), NOON - 9 * HOUR)
        uow.items.keep(counted(2, 1, 2, author=wang), NOON)
        uow.items.keep(counted(3, 1, 2, 3, author=li), NOON)
        uow.items.keep(counted(4, 1, author=li, source="forum"), NOON)
        keys = {n: counted(n, 1)[0].key for n in (1, 2, 3)}

        assert {p.key for p in uow.items.followed_at("weibo", None, NOON - HOUR, 9)} == {keys[2], keys[3]}
        assert [p.key for p in uow.items.followed_at("weibo", None, NOON - 10 * HOUR, 1)] == [keys[3]]
        own = uow.items.followed_at("weibo", "u1", NOON - 10 * HOUR, 9)
        assert {p.key for p in own} == {keys[1], keys[3]}
        assert [p.key for p in uow.items.followed_at("weibo", "王", NOON - HOUR, 9)] == [keys[2]]


def test_an_items_mentions_are_those_of_every_brand_that_the_reader_may_see(storage: SqlStorage) -> None:
    item = an_item(1)
    ours, theirs = a_mention(item), replace(a_mention(item), client="tea", brand="芷屿茶事")
    with storage.begin() as uow:
        uow.items.keep([item], NOON)
        uow.mentions.add([ours, theirs])
        found = uow.mentions.of_item(ALL, item.key)
        only = uow.mentions.of_item(replace(ALL, clients=frozenset({"tea"})), item.key)

    assert [(s.mention.client, s.item.key) for s in found] == [("lock", item.key), ("tea", item.key)]
    assert [s.mention.client for s in only] == ["tea"]


def test_counts_of_many_items_come_in_one_answer(storage: SqlStorage) -> None:
    many = [counted(n, n)[0] for n in range(1, 40)]
    with storage.begin() as uow:
        uow.items.keep(many, NOON)
        assert len(uow.items.followed({i.key for i in many})) == len(many)
