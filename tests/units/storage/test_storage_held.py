"""What quiet hours hold in the outbox: kept back, let go, and told together."""

from dataclasses import replace
from datetime import datetime

from tests.units.storage.examples import HOUR, MINUTE, NOON, a_delivery, an_incident
from wanglou.domain.delivery import Delivery, DeliveryKind, DeliveryState
from wanglou.storage.engine import SqlStorage

OVER = NOON + 8 * HOUR
HELD = replace(a_delivery(1), state=DeliveryState.HELD, next_at=OVER)
ELSEWHERE = replace(a_delivery(2, channel="slack:#anyu-legal"), state=DeliveryState.HELD, next_at=OVER)
EDIT = replace(HELD, id="edit", change="updated:2", kind=DeliveryKind.CARD_UPDATE)


def keep(storage: SqlStorage, *rows: Delivery) -> None:
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        uow.deliveries.enqueue(rows)
        uow.commit()


def claimed(storage: SqlStorage, at: datetime) -> list[str]:
    with storage.begin() as uow:
        return [d.id for d in uow.deliveries.claim("w", at, MINUTE, 10)]


def test_a_held_message_is_not_handed_out_even_when_its_time_has_come(storage: SqlStorage) -> None:
    keep(storage, HELD)
    assert claimed(storage, OVER + HOUR) == []


def test_a_held_message_holds_up_no_later_one(storage: SqlStorage) -> None:
    later = a_delivery(3, created_at=NOON + MINUTE)
    keep(storage, HELD, later)
    assert claimed(storage, NOON + MINUTE) == [later.id]


def test_what_is_let_go_goes_out_and_its_channel_has_fresh_patience(storage: SqlStorage) -> None:
    keep(storage, HELD, ELSEWHERE)
    with storage.begin() as uow:
        assert uow.deliveries.release("lock-1", NOON + HOUR, "slack:#anyu") == 1
        uow.commit()
    with storage.begin() as uow:
        [taken] = uow.deliveries.claim("w", NOON + HOUR, MINUTE, 10)
    assert (taken.id, taken.waits_since) == (HELD.id, NOON + HOUR)
    assert taken.created_at == NOON


def test_all_channels_are_let_go_where_none_is_named(storage: SqlStorage) -> None:
    keep(storage, HELD, ELSEWHERE)
    with storage.begin() as uow:
        assert uow.deliveries.release("lock-1", NOON) == 2


def test_what_was_held_to_the_end_is_left_to_its_digest(storage: SqlStorage) -> None:
    keep(storage, HELD)
    with storage.begin() as uow:
        assert uow.deliveries.release("lock-1", OVER) == 0
        assert uow.deliveries.held_until(OVER - MINUTE) == []
        assert uow.deliveries.held_until(OVER) == [HELD]


def test_a_digest_finds_again_what_it_tells(storage: SqlStorage) -> None:
    keep(storage, HELD, ELSEWHERE)
    with storage.begin() as uow:
        uow.deliveries.bundle([HELD.id, ELSEWHERE.id])
        told = uow.deliveries.bundled("lock", "slack:#anyu", OVER)
        assert [d.id for d in told] == [HELD.id]
        assert {d.state for d in told} == {DeliveryState.BUNDLED}
        assert uow.deliveries.held_until(OVER) == []


def test_a_held_edit_is_overtaken_by_a_later_one(storage: SqlStorage) -> None:
    keep(storage, HELD, EDIT)
    with storage.begin() as uow:
        assert uow.deliveries.supersede_updates("lock-1", NOON + MINUTE) == 1
        assert [d.id for d in uow.deliveries.held_until(OVER)] == [HELD.id]
