"""Mentions go when the client's file says so; what an open incident stands on, and the record, stay."""

from dataclasses import replace

from tests.units.storage.examples import ALL, DAY, NOON, a_mention, an_incident, an_item
from wanglou.domain.incident import IncidentState, TimelineEntry, Via
from wanglou.domain.span import Span
from wanglou.storage.engine import SqlStorage

EVER = Span(NOON - 999 * DAY, NOON + DAY)


def saw(storage: SqlStorage, *ages: int, client: str = "lock") -> list[str]:
    """A mention for each age in days; their items' keys."""
    items = [an_item(n, published_at=NOON - age * DAY) for n, age in enumerate(ages)]
    with storage.begin() as uow:
        uow.items.keep(items, NOON)
        uow.mentions.add([a_mention(item, client=client) for item in items])
        uow.commit()
    return [item.key for item in items]


def left(storage: SqlStorage, client: str = "lock") -> set[str]:
    with storage.look() as uow:
        return {m.mention.item_key for m in uow.mentions.of_brand(ALL, client, "安屿", EVER)}


def expire(storage: SqlStorage, days: int, limit: int = 100, client: str = "lock") -> int:
    with storage.begin() as uow:
        gone = uow.mentions.expire(client, NOON - days * DAY, limit)
        uow.commit()
    return gone


def test_what_is_older_goes_and_its_item_with_it(storage: SqlStorage) -> None:
    old, young = saw(storage, 200, 10)
    assert expire(storage, 180) == 1
    assert left(storage) == {young}
    with storage.begin() as uow:
        assert uow.items.prune(NOON + DAY) == 1
        assert [kept.item.key for kept in uow.items.unread(10)] == [young]
    assert old not in left(storage)


def test_the_oldest_go_first_and_no_more_than_asked(storage: SqlStorage) -> None:
    oldest, older, old = saw(storage, 400, 300, 200)
    assert expire(storage, 180, limit=2) == 2
    assert left(storage) == {old}
    assert {oldest, older}.isdisjoint(left(storage))


def test_another_clients_mentions_of_the_same_items_stay(storage: SqlStorage) -> None:
    keys = saw(storage, 400)
    assert saw(storage, 400, client="tea") == keys
    assert expire(storage, 180) == 1
    assert left(storage, "tea") == set(keys)


def test_an_open_incident_keeps_its_evidence_until_it_has_ended(storage: SqlStorage) -> None:
    key, other = saw(storage, 400, 300)
    incident = an_incident()
    with storage.begin() as uow:
        uow.incidents.add(incident)
        uow.incidents.add_evidence(incident.id, [("lock", "安屿", key)])
        uow.incidents.append([TimelineEntry(incident.id, NOON, "wang", Via.DESK, "opened", {})])
        uow.commit()
    assert expire(storage, 180) == 1
    assert left(storage) == {key}
    assert other not in left(storage)
    with storage.begin() as uow:
        found = uow.incidents.get(incident.id)
        assert found
        uow.incidents.save(replace(found, state=IncidentState.CLOSED, open_key=None, ended_at=NOON))
        uow.commit()
    assert expire(storage, 180) == 1
    assert left(storage) == set()
    with storage.look() as uow:
        assert len(uow.incidents.timeline(incident.id)) == 1


def test_purging_in_pieces_comes_to_the_same_as_at_once(storage: SqlStorage) -> None:
    keys = saw(storage, *range(150, 210, 5))
    gone = 0
    while piece := expire(storage, 180, limit=2):
        gone += piece
    assert gone == sum(age > 180 for age in range(150, 210, 5))
    assert left(storage) == set(keys[: len(keys) - gone])
