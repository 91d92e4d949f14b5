"""A merge gives nobody more time, and asks for nothing that was kept already."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerting.decision import Decision
from alerting.incidents import open_house
from alerting.merging import Merge, merge, owed
from tests.units.alerting.cast import CHEN, MINUTE, NOW, WANG, ZHAO, act, opened
from wanglou.domain.clock import ACCOUNT_RESPONSE, DESK_ACKNOWLEDGE, STATEMENT, SlaClock
from wanglou.domain.delivery import DeliveryKind
from wanglou.domain.incident import Incident
from wanglou.domain.person import Person
from wanglou.domain.reason import Reason
from wanglou.domain.refusal import Refused
from wanglou.domain.severity import Severity

GONE = replace(opened(), id="gone", number=8, open_key="lock|安屿|labour", severity=Severity.YELLOW)
INTO = opened()

clocks = st.builds(
    lambda name, due, stopped: SlaClock(
        "gone",
        name,
        NOW,
        NOW + due * MINUTE,
        in_office_hours=True,
        stopped_at=NOW + MINUTE if stopped else None,
    ),
    st.sampled_from([DESK_ACKNOWLEDGE, ACCOUNT_RESPONSE, STATEMENT]),
    st.integers(1, 500),
    st.booleans(),
)
sets_of_clocks = st.lists(clocks, max_size=3, unique_by=lambda c: c.name)


@given(sets_of_clocks, sets_of_clocks)
def test_the_earlier_promise_stands_and_a_kept_one_is_not_asked_for_again(
    gone: list[SlaClock], there: list[SlaClock]
) -> None:
    going_on = {c.name: replace(c, incident=INTO.id) for c in there}
    after = going_on | {c.name: c for c in owed(gone, list(going_on.values()), INTO)}
    assert all(c.incident == INTO.id for c in after.values())
    for clock in gone:
        if clock.stopped_at is None:
            kept = after[clock.name]
            assert kept.stopped_at is not None or kept.due_at <= clock.due_at
    for name, clock in going_on.items():
        assert after[name].due_at <= clock.due_at
        assert clock.stopped_at is None or after[name] == clock


def test_what_is_in_hand_there_is_not_waited_for_anew() -> None:
    taken = replace(INTO, acknowledged_at=NOW, acknowledged_by="wang")
    waiting = SlaClock("gone", DESK_ACKNOWLEDGE, NOW, NOW + MINUTE, in_office_hours=True)
    assert owed([waiting], [], taken) == []
    assert [c.incident for c in owed([waiting], [], INTO)] == [INTO.id]


def merged(gone: Incident = GONE, into: Incident = INTO, by: Person = WANG) -> Merge:
    found = merge(gone, into, act(by), "同一件事")
    assert isinstance(found, Merge)
    return found


def notifying(decision: Decision) -> list[str]:
    return [t.change for t in decision.tellings if t.kind is not DeliveryKind.CARD_UPDATE]


def test_people_hear_of_it_once_below_the_card_that_goes_on() -> None:
    both = merged()
    assert notifying(both.gone) == []
    assert len(notifying(both.going_on)) == 1
    graver = merged(replace(GONE, severity=Severity.RED))
    assert graver.going_on.incident.severity is Severity.RED
    assert graver.going_on.rose
    assert len(notifying(graver.going_on)) == 1


def test_a_lesser_incident_lowers_nothing_and_the_earlier_happening_counts() -> None:
    earlier = replace(GONE, happened_at=INTO.happened_at - timedelta(hours=3))
    after = merged(earlier).going_on.incident
    assert after.severity == INTO.severity
    assert after.happened_at == earlier.happened_at
    assert merged(by=CHEN).gone.incident.ended_at is not None


@pytest.mark.parametrize(
    ("gone", "into", "by", "why", "code"),
    [
        (GONE, replace(INTO, client="tea"), WANG, "x", "incident_refused_merge_client"),
        (GONE, GONE, WANG, "x", "incident_refused_merge_self"),
        (GONE, INTO, ZHAO, "x", "incident_refused_role"),
        (GONE, INTO, WANG, " ", "incident_refused_no_reason"),
    ],
)
def test_what_is_refused_and_why(gone: Incident, into: Incident, by: Person, why: str, code: str) -> None:
    refused = merge(gone, into, act(by), why)
    assert isinstance(refused, Refused)
    assert refused.reason.code == code


def test_the_agencys_own_troubles_are_not_merged() -> None:
    part = open_house("square", Severity.YELLOW, Reason("incident_recovered", {"part": "x"}), 1, NOW).incident
    refused = merge(part, replace(part, id="other"), act(WANG), "x")
    assert isinstance(refused, Refused)
