"""Promises: when they start, what a rise does to them, when people hear of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.clocks import HOLDER, percent_used, restarted, starting, warning
from tests.units.alerting.cast import AGENCY, LIMITS, MINUTE, NOW, opened
from wanglou.domain.client import Limit
from wanglou.domain.clock import ACCOUNT_RESPONSE, DESK_ACKNOWLEDGE, STATEMENT, SlaClock
from wanglou.domain.delivery import DeliveryKind
from wanglou.domain.incident import Incident
from wanglou.domain.severity import Severity
from wanglou.wording import LANGUAGES, say

CALENDAR = AGENCY.calendar


def at_beijing(hour: int, minute: int, day: int = 24) -> datetime:
    return datetime(2026, 7, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)  # the 24th is a Friday


def clock(name: str = ACCOUNT_RESPONSE, minutes: int = 100) -> SlaClock:
    return SlaClock("i", name, NOW, NOW + minutes * MINUTE, in_office_hours=True)


def response(now: datetime) -> SlaClock:
    clocks = starting(opened(), LIMITS, CALENDAR, now)
    return next(c for c in clocks if c.name == ACCOUNT_RESPONSE)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (at_beijing(14, 0), at_beijing(14, 30)),
        (at_beijing(18, 20), at_beijing(18, 50)),  # the office closes at 18:30, the promise stands
        (at_beijing(18, 30), at_beijing(20, 30)),
        (at_beijing(8, 55), at_beijing(10, 55)),
        (at_beijing(14, 0, day=25), at_beijing(16, 0, day=25)),
    ],
)
def test_the_regime_at_the_start_sets_the_due_time(start: datetime, due: datetime) -> None:
    assert response(start).due_at == due


def test_a_severity_without_a_limit_and_a_limit_nobody_could_stop_start_nothing() -> None:
    limits = {**LIMITS, "coffee": LIMITS[ACCOUNT_RESPONSE]}
    names = [c.name for c in starting(opened(), limits, CALENDAR, NOW)]
    assert names == [DESK_ACKNOWLEDGE, ACCOUNT_RESPONSE]
    assert STATEMENT not in names


def test_every_clock_has_a_holder_and_words() -> None:
    assert set(HOLDER) == {DESK_ACKNOWLEDGE, ACCOUNT_RESPONSE, STATEMENT}


minutes = st.integers(min_value=0, max_value=3000)
limits = st.builds(
    Limit,
    st.dictionaries(st.sampled_from(Severity), minutes.map(lambda m: m * MINUTE)),
    st.dictionaries(st.sampled_from(Severity), minutes.map(lambda m: m * MINUTE)),
)
promises = st.dictionaries(st.sampled_from(sorted(HOLDER)), limits)


@settings(max_examples=80, deadline=None)
@given(promises, st.sampled_from(Severity), minutes, minutes)
def test_no_promise_is_due_before_it_began_and_a_rise_never_gives_more_time(
    terms: dict[str, Limit], severity: Severity, opening: int, later: int
) -> None:
    start, rise = NOW + opening * MINUTE, NOW + (opening + later) * MINUTE
    incident = opened(at=start)
    before = starting(incident, terms, CALENDAR, start)
    assert all(c.due_at >= c.started_at == start for c in before)
    after = restarted(replace(incident, severity=severity), before, terms, CALENDAR, rise)
    due = {c.name: c.due_at for c in before}
    assert all(c.due_at >= rise for c in after)
    assert all(c.due_at <= due.get(c.name, c.due_at) for c in after)


def red(incident: Incident) -> Incident:
    return replace(incident, severity=Severity.RED)


def test_a_rise_starts_the_promises_that_the_lesser_level_did_not_have() -> None:
    before = starting(opened(), LIMITS, CALENDAR, NOW)
    after = restarted(red(opened()), before, LIMITS, CALENDAR, NOW + MINUTE)
    assert [c.name for c in after] == [STATEMENT]


def test_a_rise_shortens_what_runs() -> None:
    terms = {ACCOUNT_RESPONSE: Limit({}, {Severity.ORANGE: 120 * MINUTE, Severity.RED: 15 * MINUTE})}
    before = starting(opened(), terms, CALENDAR, NOW)
    after = restarted(red(opened()), before, terms, CALENDAR, NOW + 10 * MINUTE)
    assert [c.due_at for c in after] == [NOW + 25 * MINUTE]


def test_a_void_acknowledgement_is_asked_for_again_and_a_kept_promise_is_not() -> None:
    stopped = [
        replace(c, stopped_at=NOW, stopped_by="wang") for c in starting(opened(), LIMITS, CALENDAR, NOW)
    ]
    void = restarted(opened(), stopped, LIMITS, CALENDAR, NOW + MINUTE)
    assert [c.name for c in void] == [DESK_ACKNOWLEDGE]
    held = replace(opened(), acknowledged_at=NOW, acknowledged_by="wang")
    assert restarted(held, stopped, LIMITS, CALENDAR, NOW + MINUTE) == []


def test_per_cent_used_stands_still_when_stopped() -> None:
    assert percent_used(clock(), NOW - MINUTE) == 0
    assert percent_used(clock(), NOW + 50 * MINUTE) == 50
    assert percent_used(replace(clock(), stopped_at=NOW + 20 * MINUTE), NOW + 500 * MINUTE) == 20
    assert percent_used(clock(minutes=0), NOW) == 100


@pytest.mark.parametrize(
    ("minute", "code", "kind"),
    [
        (50, "clock_warning", DeliveryKind.CARD_UPDATE),
        (80, "clock_warning", DeliveryKind.REPLY),
        (100, "clock_overdue", DeliveryKind.REPLY),
        (400, "clock_overdue", DeliveryKind.REPLY),
    ],
)
def test_a_clock_speaks_at_its_marks_once(minute: int, code: str, kind: DeliveryKind) -> None:
    now = NOW + minute * MINUTE
    decision = warning(opened(), clock(), (), now)
    assert decision is not None
    (telling,) = decision.tellings
    assert (telling.kind, telling.saying.code) == (kind, code)
    assert [e.kind for e in decision.entries] == [code]
    assert all(say(telling.saying, language) for language in LANGUAGES)
    assert warning(opened(), clock(), {telling.change}, now) is None


def test_after_an_outage_only_the_latest_mark_speaks() -> None:
    decision = warning(opened(), clock(), (), NOW + 300 * MINUTE)
    assert decision is not None
    assert len(decision.tellings) == 1


def test_a_clock_is_silent_before_its_first_mark_and_once_stopped() -> None:
    assert warning(opened(), clock(), (), NOW + 49 * MINUTE) is None
    stopped = replace(clock(), stopped_at=NOW + 99 * MINUTE)
    assert warning(opened(), stopped, (), NOW + 500 * MINUTE) is None
