"""How a delivery goes on after an attempt."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from alerting.outbox import (
    AT_ONCE,
    BATCH,
    FIRST_DELAY,
    LEASE,
    LONGEST_DELAY,
    PATIENCE,
    after_attempt,
    delay,
    given_up,
    priority,
    severity_of,
)
from tests.units.alerting.cast import NOW
from wanglou.domain.delivery import Delivery, DeliveryKind, DeliveryState, Later, Never, Outcome, Sent
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.wording import LANGUAGES, say

TROUBLE = Reason("slack_unreachable", {"found": "reset"})
FINAL = {DeliveryState.SENT, DeliveryState.DEAD}


def claimed(severity: Severity = Severity.RED, attempts: int = 1, id_: str = "d") -> Delivery:
    return Delivery(
        id=id_,
        incident="i",
        client="lock",
        change="opened",
        recipient="team",
        channel="slack:#anyu-watch",
        kind=DeliveryKind.CARD,
        priority=priority(severity, DeliveryKind.CARD),
        saying=TROUBLE,
        facts={},
        created_at=NOW,
        next_at=NOW,
        state=DeliveryState.LEASED,
        attempts=attempts,
        lease_until=NOW + LEASE,
        lease_holder="worker",
    )


def test_red_goes_before_all_others_whatever_is_sent() -> None:
    rows = [(s, k) for s in Severity for k in DeliveryKind]
    ordered = sorted(rows, key=lambda row: -priority(*row))
    assert [s for s, _ in ordered[:3]] == [Severity.RED] * 3
    assert ordered[0][1] is DeliveryKind.CARD
    assert all(severity_of(claimed(s)) is s for s in Severity)


def test_a_lease_outlives_a_send_of_many_slow_calls() -> None:
    assert timedelta(seconds=10) * BATCH * AT_ONCE < LEASE


def test_what_arrived_is_known_by_the_channels_id() -> None:
    row = after_attempt(replace(claimed(), trouble=TROUBLE), Sent("C1/2.3"), NOW)
    assert (row.state, row.provider_id, row.delivered_at) == (DeliveryState.SENT, "C1/2.3", NOW)
    assert (row.trouble, row.lease_holder, row.lease_until) == (None, None, None)
    assert given_up(row) is None


def test_never_is_never() -> None:
    row = after_attempt(claimed(), Never(TROUBLE), NOW)
    assert (row.state, row.trouble) == (DeliveryState.DEAD, TROUBLE)


@pytest.mark.parametrize("severity", Severity)
def test_delays_double_up_to_the_longest_and_differ_between_deliveries(severity: Severity) -> None:
    longest = LONGEST_DELAY[severity]
    first = delay(claimed(severity))
    assert FIRST_DELAY * 0.75 <= first <= FIRST_DELAY * 1.25
    assert longest * 0.75 <= delay(claimed(severity, attempts=500)) <= longest * 1.25
    assert len({delay(claimed(severity, id_=str(n))) for n in range(20)}) > 10


def test_the_wait_a_channel_asks_for_is_honoured() -> None:
    row = after_attempt(claimed(), Later(TROUBLE, timedelta(minutes=7)), NOW)
    assert (row.state, row.next_at) == (DeliveryState.PENDING, NOW + timedelta(minutes=7))


def test_a_wait_of_less_than_nothing_is_now() -> None:
    assert after_attempt(claimed(), Later(TROUBLE, timedelta(seconds=-5)), NOW).next_at == NOW


@pytest.mark.parametrize("severity", Severity)
def test_it_is_given_up_aloud_when_hope_is_past(severity: Severity) -> None:
    row = after_attempt(claimed(severity, attempts=9), Later(TROUBLE), NOW + PATIENCE[severity])
    assert row.state is DeliveryState.DEAD
    reason = given_up(row)
    assert reason is not None
    assert all("slack:#anyu-watch" in say(reason, language) for language in LANGUAGES)


def test_a_wait_that_ends_past_hope_is_given_up_at_once() -> None:
    assert after_attempt(claimed(), Later(TROUBLE, timedelta(hours=2)), NOW).state is DeliveryState.DEAD


def test_the_graver_the_sooner_people_hear_that_a_channel_fails() -> None:
    assert [PATIENCE[s] for s in Severity] == sorted(PATIENCE.values(), reverse=True)
    assert [LONGEST_DELAY[s] for s in Severity] == sorted(LONGEST_DELAY.values(), reverse=True)


@pytest.mark.parametrize("state", [s for s in DeliveryState if s is not DeliveryState.LEASED])
def test_what_was_not_claimed_cannot_have_been_sent(state: DeliveryState) -> None:
    with pytest.raises(ValueError, match="only a claimed one"):
        after_attempt(replace(claimed(), state=state), Sent("x"), NOW)


class Outbox(RuleBasedStateMachine):
    """One delivery, any outcomes, workers that die: sent once at most after Sent, never after Never."""

    row: Delivery
    now: datetime
    outcomes: list[Outcome]

    @initialize(severity=st.sampled_from(Severity))
    def written(self, severity: Severity) -> None:
        self.row = replace(claimed(severity, attempts=0), state=DeliveryState.PENDING)
        self.now, self.outcomes = NOW, []

    @rule(seconds=st.integers(min_value=0, max_value=4000))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.row.state is DeliveryState.PENDING and self.row.next_at <= self.now)
    @rule()
    def worker_dies_with_the_claim(self) -> None:
        self.row = replace(self.row, attempts=self.row.attempts + 1)

    @precondition(lambda self: self.row.state is DeliveryState.PENDING and self.row.next_at <= self.now)
    @rule(
        outcome=st.sampled_from(
            [Sent("p"), Later(TROUBLE), Later(TROUBLE, timedelta(seconds=30)), Never(TROUBLE)]
        )
    )
    def worker_attempts(self, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        taken = replace(self.row, state=DeliveryState.LEASED, attempts=self.row.attempts + 1)
        self.row = after_attempt(taken, outcome, self.now)

    @invariant()
    def the_last_word_stands(self) -> None:
        ends = [o for o in self.outcomes if isinstance(o, Sent | Never)]
        assert len(ends) <= 1
        assert not ends or ends[0] is self.outcomes[-1]
        assert not ends or self.row.state in FINAL

    @invariant()
    def what_waits_has_a_time_within_hope(self) -> None:
        if self.row.state is DeliveryState.PENDING:
            assert self.row.next_at <= self.row.created_at + PATIENCE[severity_of(self.row)]


TestOutbox = Outbox.TestCase
TestOutbox.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
