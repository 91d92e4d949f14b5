"""Nobody answered, or a step falls due: who is told next, and only once."""

from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from alerting.decision import Decision, Place
from alerting.escalation import (
    climb,
    ladder_start,
    next_call,
    reminder_at,
    steps_overdue,
    steps_soon,
    steps_told,
    told_changes,
)
from alerting.routing import deliveries
from tests.units.alerting.cast import AGENCY, DIRECTORY, MINUTE, NOW, ZONE, opened, step
from wanglou.domain.delivery import Delivery, DeliveryKind
from wanglou.domain.incident import Incident, IncidentState
from wanglou.domain.plan import StepState
from wanglou.wording import LANGUAGES, say


def roles(decision: Decision | None) -> list[object]:
    return [t.saying.facts["role"] for t in decision.tellings] if decision else []


def climbed(incident: Incident, told: list[Delivery], now: datetime) -> list[object]:
    return roles(climb(incident, AGENCY.ladder, told, now))


def sent(decision: Decision | None, now: datetime) -> list[Delivery]:
    assert decision is not None
    return deliveries(decision.tellings, decision.incident, DIRECTORY, now)


def raised(at: datetime) -> Delivery:
    row = sent(climb(opened(), AGENCY.ladder, [], NOW + 10 * MINUTE), at)[0]
    return replace(row, change="raised:red:4", created_at=at)


def test_each_rung_is_told_when_its_time_comes_and_only_once() -> None:
    incident = opened()
    assert climbed(incident, [], NOW + 9 * MINUTE) == []
    first = climb(incident, AGENCY.ladder, [], NOW + 10 * MINUTE)
    assert roles(first) == ["account"]
    told = sent(first, NOW + 10 * MINUTE)
    assert climbed(incident, told, NOW + 29 * MINUTE) == []
    assert climbed(incident, told, NOW + 30 * MINUTE) == ["director"]


def test_the_next_call_is_named_until_the_last_rung_or_an_acknowledgement() -> None:
    incident = opened()
    account, director = AGENCY.ladder
    assert next_call(incident, AGENCY.ladder, []) == (NOW + account.after, account)
    told = sent(climb(incident, AGENCY.ladder, [], NOW + 10 * MINUTE), NOW + 10 * MINUTE)
    assert next_call(incident, AGENCY.ladder, told) == (NOW + director.after, director)
    told += sent(climb(incident, AGENCY.ladder, told, NOW + 30 * MINUTE), NOW + 30 * MINUTE)
    assert next_call(incident, AGENCY.ladder, told) is None
    risen = raised(NOW + 40 * MINUTE)
    assert next_call(incident, AGENCY.ladder, [*told, risen]) == (NOW + 50 * MINUTE, account)
    taken = replace(incident, acknowledged_at=NOW, acknowledged_by="chen")
    assert next_call(taken, AGENCY.ladder, []) is None


def test_after_an_outage_all_rungs_passed_are_told() -> None:
    assert climbed(opened(), [], NOW + 60 * MINUTE) == ["account", "director"]


def test_the_ladder_stops_at_the_first_acknowledgement_and_at_the_end() -> None:
    taken = replace(opened(), acknowledged_at=NOW, acknowledged_by="chen")
    assert climbed(taken, [], NOW + 60 * MINUTE) == []
    assert climbed(replace(opened(), state=IncidentState.DISMISSED), [], NOW + 60 * MINUTE) == []


def test_a_rise_starts_the_ladder_again() -> None:
    incident, rise = opened(), NOW + 40 * MINUTE
    told = sent(climb(incident, AGENCY.ladder, [], NOW + 30 * MINUTE), NOW + 30 * MINUTE)
    told.append(raised(rise))
    assert ladder_start(incident, told) == rise
    assert climbed(incident, told, rise + 9 * MINUTE) == []
    assert climbed(incident, told, rise + 10 * MINUTE) == ["account"]


def test_an_escalation_is_recorded_and_can_be_said() -> None:
    decision = climb(opened(), AGENCY.ladder, [], NOW + 31 * MINUTE)
    assert decision is not None
    assert say(decision.tellings[1].saying) == "已 31 分钟无人认领，升级通知总监"
    assert [e.kind for e in decision.entries] == ["incident_escalated"] * 2


def test_an_owner_hears_of_one_step_a_reply_the_most_pressing_first() -> None:
    steps = [
        step("a", order=1, due_at=NOW + 40 * MINUTE),
        step("b", order=3),
        step("c", order=2, person="zhao", role="media"),
    ]
    decision = steps_told(opened(), steps, NOW)
    assert [t.change for t in decision.tellings] == ["step:c:due", "step:b:due", "step:a:due"]
    assert [t.audience[0].who for t in decision.tellings] == ["zhao", "wang", "wang"]
    assert [t.facts["steps"] for t in decision.tellings] == ["c", "b", "a"]
    assert all(say(t.saying, language) for t in decision.tellings for language in LANGUAGES)
    assert len(decision.entries) == 3


def test_an_owner_is_reminded_once_when_four_fifths_of_the_time_are_gone() -> None:
    mine = step(told_at=NOW)  # due in thirty minutes
    assert steps_soon(opened(), [mine], (), NOW + 23 * MINUTE) is None
    decision = steps_soon(opened(), [mine], (), NOW + 24 * MINUTE)
    assert decision is not None
    (telling,) = decision.tellings
    assert (telling.change, telling.facts["steps"]) == ("step:pause_campaign:soon", "pause_campaign")
    assert say(telling.saying, zone=ZONE) == "快到时间了：暂停争议广告投放（客户经理，周六 07-25 14:30 前）"
    assert steps_soon(opened(), [mine], {telling.change}, NOW + 25 * MINUTE) is None


def test_nobody_is_reminded_of_what_is_done_untold_late_or_was_told_just_before() -> None:
    due = step().due_at
    assert steps_soon(opened(), [step(told_at=NOW)], (), due) is None
    quiet = [step(), step(told_at=NOW, state=StepState.DONE), step(told_at=due - 9 * MINUTE)]
    assert steps_soon(opened(), quiet, (), due - MINUTE) is None


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_reminder_never_comes_before_the_telling_or_after_the_due_time(told: int, due: int) -> None:
    mine = step(told_at=NOW + told * MINUTE, due_at=NOW + due * MINUTE)
    at = reminder_at(mine)
    assert at is None or mine.told_at is None or mine.told_at < at < mine.due_at


def test_the_desks_own_steps_go_to_whoever_is_on_duty() -> None:
    (telling,) = steps_told(opened(), [step(person=None, role="desk")], NOW).tellings
    assert [(a.place, a.who) for a in telling.audience] == [(Place.ROLE, "desk")]
    assert telling.saying.code == "step_now"


def test_a_step_nobody_can_be_asked_for_says_so_to_team_and_desk() -> None:
    (telling,) = steps_told(opened(), [step(person=None, role="legal")], NOW).tellings
    assert [a.place for a in telling.audience] == [Place.TEAM, Place.DESK]
    assert say(telling.saying).startswith("该客户没有法务")


def test_an_overdue_step_is_told_once() -> None:
    late = step(told_at=NOW)
    decision = steps_overdue(opened(), [late], (), late.due_at)
    assert decision is not None
    (telling,) = decision.tellings
    assert (telling.change, telling.kind) == ("step:pause_campaign:overdue", DeliveryKind.REPLY)
    assert all(say(telling.saying, language) for language in LANGUAGES)
    assert steps_overdue(opened(), [late], {telling.change}, late.due_at) is None


def test_a_step_that_is_done_untold_or_told_late_is_not_overdue_news() -> None:
    due = step().due_at
    quiet = [step(), step(told_at=due), step(told_at=NOW, state=StepState.DONE)]
    assert steps_overdue(opened(), quiet, (), due + MINUTE) is None
    assert steps_overdue(opened(), [step(told_at=NOW)], (), due - MINUTE) is None


def test_what_was_told_is_known_by_its_change() -> None:
    told = sent(climb(opened(), AGENCY.ladder, [], NOW + 10 * MINUTE), NOW)
    assert len(told_changes(told)) == 1
