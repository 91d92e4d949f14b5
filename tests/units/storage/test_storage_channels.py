"""How messages get through, channel by channel, and only of clients the reader may see."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.units.storage.examples import NOON, a_delivery, an_incident
from wanglou.domain.delivery import Delivery, DeliveryState
from wanglou.domain.person import Access
from wanglou.domain.reason import Reason
from wanglou.ports import ChannelState
from wanglou.storage.engine import SqlStorage
from wanglou.storage.reader import SqlDeskReader

MINUTE = timedelta(minutes=1)
ALL = Access("he", None)
TROUBLE = Reason("slack_refused", {"error": "channel_not_found"})


def kept(storage: SqlStorage, *deliveries: Delivery) -> SqlDeskReader:
    with storage.begin() as uow:
        for number, name in enumerate(sorted({d.incident for d in deliveries}), 1):
            uow.incidents.add(replace(an_incident(number), id=name, client=name.partition("-")[0]))
        uow.deliveries.enqueue(deliveries)
        uow.commit()
    return SqlDeskReader(storage)


def sent(number: int, at: int, incident: str = "lock-1") -> Delivery:
    row = a_delivery(number, incident, created_at=NOON + at * MINUTE)
    return replace(row, state=DeliveryState.SENT, delivered_at=row.created_at)


def test_a_channel_tells_what_arrived_what_waits_and_what_was_given_up(storage: SqlStorage) -> None:
    dead = replace(a_delivery(3), state=DeliveryState.DEAD, attempts=9, trouble=TROUBLE)
    waits = replace(a_delivery(4, created_at=NOON + 5 * MINUTE), attempts=2, next_at=NOON + 9 * MINUTE)
    held = replace(a_delivery(5), state=DeliveryState.HELD)
    reader = kept(storage, sent(1, 0), sent(2, 3), dead, waits, held)
    assert reader.channels(ALL, NOON) == [
        ChannelState(
            "slack:#anyu",
            "team",
            sent_at=NOON + 3 * MINUTE,
            waiting=1,
            waiting_since=NOON + 5 * MINUTE,
            tries=2,
            next_at=NOON + 9 * MINUTE,
            held=1,
            dead=1,
            dead_since=NOON,
            works_again=True,
        )
    ]


def test_a_channel_that_gave_up_last_is_in_trouble(storage: SqlStorage) -> None:
    late = replace(a_delivery(2, created_at=NOON + MINUTE), next_at=NOON + MINUTE)
    dead = replace(late, state=DeliveryState.DEAD, attempts=9, trouble=TROUBLE)
    [state] = kept(storage, sent(1, 0), dead).channels(ALL, NOON)
    assert not state.works_again
    assert (state.trouble, state.incident) == (TROUBLE, "lock-1")


def test_what_arrived_long_ago_says_nothing_of_today(storage: SqlStorage) -> None:
    reader = kept(storage, sent(1, 0))
    assert reader.channels(ALL, NOON + timedelta(days=14))
    assert reader.channels(ALL, NOON + timedelta(days=15)) == []


@pytest.mark.parametrize(
    ("clients", "count"), [({"lock"}, 1), ({"tea"}, 1), ({"lock", "tea"}, 2), (set(), 0)]
)
def test_another_clients_messages_are_not_counted(
    sqlite_storage: SqlStorage, clients: set[str], count: int
) -> None:
    reader = kept(sqlite_storage, sent(1, 0), replace(sent(2, 0, "tea-1"), channel="slack:#tea"))
    assert len(reader.channels(Access("wang", frozenset(clients)), NOON)) == count
