"""The outbox under crash, retry and two workers: at least once, in order, one holder at a time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Barrier, Thread

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.units.storage.examples import (
    ALL,
    HOUR,
    MINUTE,
    NOON,
    TODAY,
    a_delivery,
    a_mention,
    an_incident,
    an_item,
)
from wanglou.domain.delivery import Delivery, DeliveryKind, DeliveryState
from wanglou.domain.reason import Reason
from wanglou.storage import tables
from wanglou.storage.engine import SqlStorage

DONE = {DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.SUPERSEDED}
LEASE = 2 * MINUTE


def settled(claimed: Delivery, state: DeliveryState, now: datetime) -> Delivery:
    free = replace(claimed, state=state, lease_until=None, lease_holder=None)
    if state is DeliveryState.SENT:
        return replace(free, delivered_at=now, provider_id="1700000000.1")
    return replace(free, next_at=now + MINUTE, trouble=Reason("channel_busy"))


@dataclass
class Expected:
    """What the outbox should hold of one delivery; ``place`` is its turn in its channel."""

    delivery: Delivery
    place: int

    @property
    def is_waiting(self) -> bool:
        return self.delivery.state not in DONE


class Outbox(RuleBasedStateMachine):
    """Two workers that claim, settle late, or die, beside a model of what must be."""

    hands = Bundle("hands")

    def __init__(self, storage: SqlStorage) -> None:
        super().__init__()
        self.storage = storage
        self.now = NOON
        self.model: dict[str, Expected] = {}
        with storage.begin() as uow:
            uow.connection.execute(tables.delivery.delete())
            uow.incidents.add(an_incident(1))
            uow.incidents.add(an_incident(2))
            uow.commit()

    @rule(
        incident=st.sampled_from(["lock-1", "lock-2"]),
        channel=st.sampled_from(["slack:#a", "slack:#b"]),
        kind=st.sampled_from(DeliveryKind),
        priority=st.integers(1, 3),
    )
    def enqueue(self, incident: str, channel: str, kind: DeliveryKind, priority: int) -> None:
        number = len(self.model)
        new = a_delivery(number, incident, channel=channel, kind=kind, priority=priority, created_at=self.now)
        with self.storage.begin() as uow:
            assert uow.deliveries.enqueue([new]) == 1
            assert uow.deliveries.enqueue([replace(new, priority=9)]) == 0
            uow.commit()
        self.model[new.id] = Expected(new, number)

    @rule(target=hands, holder=st.sampled_from(["one", "two"]), limit=st.integers(1, 4))
    def claim(self, holder: str, limit: int) -> object:
        may = [e for e in self.model.values() if self._may_be_claimed(e)]
        may.sort(key=lambda e: (-self._urgency(e), e.delivery.created_at, e.place))
        urgency = {e.delivery.id: self._urgency(e) for e in may}
        with self.storage.begin() as uow:
            claimed = uow.deliveries.claim(holder, self.now, LEASE, limit)
            uow.commit()
        assert [d.id for d in claimed] == [e.delivery.id for e in may[:limit]]
        for delivery in claimed:
            before = self.model[delivery.id].delivery
            self.model[delivery.id].delivery = delivery
            assert delivery == replace(
                before,
                state=DeliveryState.LEASED,
                attempts=before.attempts + 1,
                lease_holder=holder,
                lease_until=self.now + LEASE,
                priority=urgency[delivery.id],
            )
        return multiple(*claimed)

    @rule(
        claimed=consumes(hands),
        state=st.sampled_from([DeliveryState.SENT, DeliveryState.PENDING, DeliveryState.DEAD]),
    )
    def settle(self, claimed: Delivery, state: DeliveryState) -> None:
        expected = self.model[claimed.id]
        is_mine = expected.delivery == claimed
        with self.storage.begin() as uow:
            assert uow.deliveries.settle(settled(claimed, state, self.now)) == is_mine
            uow.commit()
        if is_mine:
            expected.delivery = settled(claimed, state, self.now)

    @rule(claimed=consumes(hands))
    def die_with_it_in_hand(self, claimed: Delivery) -> None:
        """Nobody settles it; its lease runs out."""

    @rule(minutes=st.integers(1, 3))
    def wait(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule(incident=st.sampled_from(["lock-1", "lock-2"]))
    def supersede(self, incident: str) -> None:
        stale = [e for e in self.model.values() if self._is_stale_update(e, incident)]
        with self.storage.begin() as uow:
            assert uow.deliveries.supersede_updates(incident, self.now) == len(stale)
            uow.commit()
        for expected in stale:
            expected.delivery = replace(expected.delivery, state=DeliveryState.SUPERSEDED)

    @invariant()
    def the_outbox_is_as_expected(self) -> None:
        with self.storage.look() as uow:
            for incident in ("lock-1", "lock-2"):
                mine = [e.delivery for e in self.model.values() if e.delivery.incident == incident]
                assert uow.deliveries.of_incident(incident) == mine

    def teardown(self) -> None:
        """Whatever happened, a worker that goes on brings everything out."""
        for _ in self.model:
            self.now += HOUR
            with self.storage.begin() as uow:
                for claimed in uow.deliveries.claim("last", self.now, LEASE, 100):
                    assert uow.deliveries.settle(settled(claimed, DeliveryState.SENT, self.now))
                uow.commit()
        with self.storage.look() as uow:
            left = [*uow.deliveries.of_incident("lock-1"), *uow.deliveries.of_incident("lock-2")]
        assert {d.state for d in left} <= DONE

    def _may_be_claimed(self, expected: Expected) -> bool:
        delivery = expected.delivery
        free = delivery.state is DeliveryState.PENDING or (
            delivery.state is DeliveryState.LEASED
            and delivery.lease_until is not None
            and delivery.lease_until <= self.now
        )
        due = delivery.next_at <= self.now or self._urgency(expected) > delivery.priority
        return free and due and not any(map(self._blocks(expected), self._all()))

    def _urgency(self, expected: Expected) -> int:
        """Its own priority, or a higher one of what waits behind it."""
        mine = expected.delivery
        behind = [
            other.delivery.priority
            for other in self._all()
            if (other.delivery.incident, other.delivery.channel) == (mine.incident, mine.channel)
            and other.delivery.state is DeliveryState.PENDING
            and other.delivery.next_at <= self.now
        ]
        return max([mine.priority, *behind])

    def _blocks(self, later: Expected) -> Callable[[Expected], bool]:
        def is_before(other: Expected) -> bool:
            same = (other.delivery.incident, other.delivery.channel) == (
                later.delivery.incident,
                later.delivery.channel,
            )
            return same and other.is_waiting and other.place < later.place

        return is_before

    def _all(self) -> list[Expected]:
        return list(self.model.values())

    def _is_stale_update(self, expected: Expected, incident: str) -> bool:
        delivery = expected.delivery
        return (
            delivery.incident == incident
            and delivery.kind is DeliveryKind.CARD_UPDATE
            and delivery.state is DeliveryState.PENDING
            and delivery.created_at < self.now
        )


def test_the_outbox_survives_crashes_late_answers_and_two_workers(storage: SqlStorage) -> None:
    class OnThisStorage(Outbox):
        def __init__(self) -> None:
            super().__init__(storage)

    steps = settings(max_examples=12, stateful_step_count=25, deadline=None)
    run_state_machine_as_test(OnThisStorage, settings=steps)


def test_two_workers_at_the_same_moment_never_get_the_same_delivery(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        uow.deliveries.enqueue([a_delivery(n, channel=f"slack:#{n}") for n in range(40)])
        uow.commit()
    start, hands = Barrier(2), {"one": list[str](), "two": list[str]()}

    def work(holder: str) -> None:
        start.wait()
        while True:
            with storage.begin() as uow:
                claimed = uow.deliveries.claim(holder, NOON, LEASE, 3)
                uow.commit()
            if not claimed:
                return
            hands[holder] += [d.id for d in claimed]

    workers = [Thread(target=work, args=[holder]) for holder in hands]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    taken = hands["one"] + hands["two"]
    assert len(taken) == len(set(taken))
    # on PostgreSQL a worker may pass over what the other is just choosing; the next round takes it
    with storage.begin() as uow:
        rest = uow.deliveries.claim("three", NOON, LEASE, 100)
    assert {*taken, *(d.id for d in rest)} == {a_delivery(n).id for n in range(40)}


def test_a_reply_waits_until_its_card_is_out(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        uow.deliveries.enqueue([a_delivery(1, kind=DeliveryKind.CARD), a_delivery(2, priority=99)])
        (card,) = uow.deliveries.claim("one", NOON, LEASE, 10)
        assert card.kind is DeliveryKind.CARD
        assert uow.deliveries.card_of("lock-1", "slack:#anyu") is None
        assert uow.deliveries.settle(settled(card, DeliveryState.SENT, NOON))
        assert uow.deliveries.card_of("lock-1", "slack:#anyu") == "1700000000.1"
        assert uow.deliveries.card_of("lock-1", "slack:#else") is None
        assert [d.kind for d in uow.deliveries.claim("one", NOON, LEASE, 10)] == [DeliveryKind.REPLY]


def test_what_something_graver_waits_behind_is_due_at_once_and_as_grave(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        uow.deliveries.enqueue([a_delivery(1, kind=DeliveryKind.CARD, priority=13)])
        (card,) = uow.deliveries.claim("one", NOON, LEASE, 10)
        assert uow.deliveries.settle(replace(settled(card, DeliveryState.PENDING, NOON), next_at=NOON + HOUR))
        uow.deliveries.enqueue([a_delivery(2, priority=12)])
        assert uow.deliveries.claim("one", NOON + MINUTE, LEASE, 10) == []
        uow.deliveries.enqueue([a_delivery(3, priority=42, created_at=NOON + MINUTE)])
        (again,) = uow.deliveries.claim("one", NOON + MINUTE, LEASE, 10)
        assert (again.id, again.priority, again.attempts) == (card.id, 42, 2)
        # from now on its own waits count, and are those of its new priority
        assert uow.deliveries.settle(settled(again, DeliveryState.PENDING, NOON + MINUTE))
        assert uow.deliveries.claim("one", NOON + MINUTE, LEASE, 10) == []
        assert len(uow.deliveries.claim("one", NOON + 2 * MINUTE, LEASE, 10)) == 1


def test_something_graver_in_another_channel_hurries_nothing(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        uow.deliveries.enqueue([a_delivery(1, priority=13)])
        (card,) = uow.deliveries.claim("one", NOON, LEASE, 10)
        assert uow.deliveries.settle(settled(card, DeliveryState.PENDING, NOON))
        uow.deliveries.enqueue([a_delivery(2, channel="slack:#else", priority=42)])
        assert [d.channel for d in uow.deliveries.claim("one", NOON, LEASE, 10)] == ["slack:#else"]


def test_one_kind_of_channel_can_be_claimed_alone(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        uow.deliveries.enqueue([a_delivery(1, priority=42), a_delivery(2, channel="inbox:desk", priority=11)])
        assert [d.channel for d in uow.deliveries.claim("one", NOON, LEASE, 10, kind="inbox")] == [
            "inbox:desk"
        ]
        assert [d.channel for d in uow.deliveries.claim("one", NOON, LEASE, 10)] == ["slack:#anyu"]


def test_a_card_put_up_anew_is_the_card_from_then_on(storage: SqlStorage) -> None:
    with storage.begin() as uow:
        uow.incidents.add(an_incident())
        kinds = (DeliveryKind.CARD, DeliveryKind.CARD_UPDATE, DeliveryKind.REPLY)
        uow.deliveries.enqueue([a_delivery(n, kind=kind) for n, kind in enumerate(kinds)])
        for number in range(3):
            (next_one,) = uow.deliveries.claim("one", NOON, LEASE, 10)
            assert uow.deliveries.settle(
                replace(settled(next_one, DeliveryState.SENT, NOON), provider_id=f"C1/{number}")
            )
        assert uow.deliveries.card_of("lock-1", "slack:#anyu") == "C1/1"


def test_the_card_that_arrives_stamps_its_mentions_as_delivered(storage: SqlStorage) -> None:
    item = an_item()
    mention = a_mention(item)
    with storage.begin() as uow:
        uow.items.keep([item], NOON)
        uow.mentions.add([mention])
        uow.incidents.add(an_incident())
        uow.incidents.add_evidence("lock-1", [("lock", "安屿", item.key)])
        uow.deliveries.enqueue([a_delivery(kind=DeliveryKind.CARD)])
        (card,) = uow.deliveries.claim("one", NOON, timedelta(minutes=1), 1)
        uow.deliveries.settle(settled(card, DeliveryState.SENT, NOON + MINUTE))
        row = uow.connection.execute(tables.mention.select()).one()
        assert (row.alerted_at, row.delivered_at) == (NOON, NOON + MINUTE)
        assert uow.mentions.of_brand(ALL, "lock", "安屿", TODAY)[0].mention == mention
