"""What waits until the client's people are up, and what never does."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alerting import quiet
from alerting.decision import DESK, TEAM, Audience, Place, Telling
from alerting.routing import Directory, deliveries
from alerting.rules import Verdict
from tests.units.alerting.cast import AGENCY, CLIENT, LIMITS, MINUTE, ZONE, opened
from wanglou.domain.client import Limit, Route
from wanglou.domain.clock import ACCOUNT_RESPONSE, DESK_ACKNOWLEDGE, SlaClock
from wanglou.domain.delivery import Delivery, DeliveryKind, DeliveryState
from wanglou.domain.quiet import QuietHours
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic

NIGHT = datetime(2026, 7, 25, 23, 0, tzinfo=ZONE)
MORNING = datetime(2026, 7, 26, 8, 0, tzinfo=ZONE)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = QuietHours(time(22), time(8))
SLEEPING = replace(CLIENT, quiet=HOURS)
DIRECTORY = Directory(AGENCY, SLEEPING, ("slack", "email", "inbox"), (), is_quiet=True)
SAYING = Reason("incident_acknowledged", {"who": "王敏"})

YELLOW = opened(Verdict("rule", Severity.YELLOW, Topic.RUMOUR), at=NIGHT)


def rows(*audience: Audience, kind: DeliveryKind = DeliveryKind.REPLY, change: str = "x") -> list[Delivery]:
    telling = Telling(change, kind, audience, SAYING)
    carded = {"slack:#anyu-watch", "slack:#desk"}
    return deliveries([telling], YELLOW, replace(DIRECTORY, carded=carded), NIGHT)


def waiting(found: Sequence[Delivery], shown: Sequence[str] = ()) -> set[str]:
    after = quiet.held(found, MORNING, DIRECTORY, shown, NIGHT)
    assert {d.next_at for d in after if d.state is DeliveryState.HELD} <= {MORNING}
    return {d.channel for d in after if d.state is DeliveryState.HELD}


def clock(name: str = ACCOUNT_RESPONSE, *, due: datetime = MORNING - MINUTE) -> SlaClock:
    return SlaClock(YELLOW.id, name, NIGHT, due, in_office_hours=False)


def until(incident_severity: Severity = Severity.YELLOW, *clocks: SlaClock, at: datetime = NIGHT) -> object:
    client = replace(SLEEPING, contract={ACCOUNT_RESPONSE: LIMITS[ACCOUNT_RESPONSE]})
    incident = replace(YELLOW, severity=incident_severity)
    return quiet.until(incident, clocks, replace(DIRECTORY, client=client), at)


@pytest.mark.parametrize(
    ("at", "over"),
    [
        (time(21, 59), None),
        (time(22, 0), (26, 8)),
        (time(23, 59), (26, 8)),
        (time(0, 0), (25, 8)),
        (time(7, 59), (25, 8)),
        (time(8, 0), None),
        (time(14, 0), None),
    ],
)
def test_a_night_runs_past_midnight_and_ends_in_the_morning(at: time, over: tuple[int, int] | None) -> None:
    moment = datetime.combine(NIGHT.date(), at, ZONE)
    expected = datetime(2026, 7, over[0], over[1], tzinfo=ZONE) if over else None
    assert HOURS.until(moment, ZONE) == expected


def test_a_lunch_break_ends_the_same_day() -> None:
    noon = datetime(2026, 7, 25, 12, 30, tzinfo=ZONE)
    assert QuietHours(time(12), time(13)).until(noon, ZONE) == noon + timedelta(minutes=30)


times = st.times().map(lambda t: t.replace(second=0, microsecond=0))
zones = st.sampled_from([ZONE, ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")])


@given(
    times,
    times,
    zones,
    st.integers(0, 366 * 24 * 60).map(lambda minutes: NEW_YEAR + minutes * MINUTE),
)
def test_quiet_time_ends_later_than_now_within_a_day_at_its_hour(
    begins: time, ends: time, zone: ZoneInfo, moment: datetime
) -> None:
    assume(begins != ends)
    over = QuietHours(begins, ends).until(moment, zone)
    if over is not None:
        assert moment < over <= moment + timedelta(hours=25)  # the night a summer ends is an hour longer
        assert QuietHours(begins, ends).until(over, zone) is None


@pytest.mark.parametrize("severity", [Severity.RED, Severity.ORANGE])
def test_what_is_grave_is_told_at_any_hour(severity: Severity) -> None:
    assert until(severity) is None


def test_a_lesser_incident_waits_until_morning_but_not_by_day() -> None:
    assert until() == MORNING
    assert until(at=MORNING) is None


def test_a_promise_of_the_contract_that_falls_due_at_night_wakes_the_team() -> None:
    assert until(Severity.YELLOW, clock()) is None
    assert until(Severity.YELLOW, clock(due=MORNING + MINUTE)) == MORNING
    kept = replace(clock(), stopped_at=NIGHT, stopped_by="wang")
    assert until(Severity.YELLOW, kept) == MORNING


def test_the_agencys_own_aims_and_the_desks_clock_wake_nobody() -> None:
    assert until(Severity.YELLOW, clock(DESK_ACKNOWLEDGE)) == MORNING
    assert quiet.until(YELLOW, [clock()], DIRECTORY, NIGHT) == MORNING


def test_a_severity_the_contract_says_nothing_of_is_no_promise() -> None:
    by_day_only = Limit({Severity.RED: MINUTE}, {Severity.RED: MINUTE})
    client = replace(SLEEPING, contract={ACCOUNT_RESPONSE: by_day_only})
    assert quiet.until(YELLOW, [clock()], replace(DIRECTORY, client=client), NIGHT) == MORNING


@pytest.mark.parametrize("directory", [replace(DIRECTORY, client=CLIENT), replace(DIRECTORY, client=None)])
def test_without_quiet_hours_nothing_waits(directory: Directory) -> None:
    assert quiet.until(YELLOW, [], directory, NIGHT) is None


def test_the_team_waits_and_the_desk_does_not() -> None:
    assert waiting(rows(TEAM, DESK, kind=DeliveryKind.CARD)) == {"slack:#anyu-watch"}


def test_a_sleeper_waits_and_who_is_awake_is_called_at_the_desk_instead() -> None:
    assert waiting(rows(Audience(Place.PERSON, "wang", in_team=True))) == {"slack:#anyu-watch"}
    desk = rows(Audience(Place.ROLE, "desk", in_team=True))
    assert waiting(desk) == set()
    assert {d.channel for d in desk} == {"slack:U1", "slack:#desk", "inbox:chen", "inbox:desk"}


@pytest.mark.parametrize("change", ["clock:account_response:80:x", "escalated:director:x"])
def test_a_call_for_help_never_waits(change: str) -> None:
    assert waiting(rows(TEAM, Audience(Place.ROLE, "director"), change=change)) == set()


def test_an_edit_wakes_nobody_and_waits_only_where_there_is_no_card() -> None:
    edit = rows(TEAM, kind=DeliveryKind.CARD_UPDATE)
    assert waiting(edit, shown=["slack:#anyu-watch"]) == set()
    assert waiting(edit) == {"slack:#anyu-watch"}


def test_a_team_that_shares_the_desks_channel_is_never_quiet() -> None:
    shared = replace(DIRECTORY, client=replace(SLEEPING, channels={"team": "slack:#desk"}))
    found = deliveries([Telling("x", DeliveryKind.CARD, (TEAM,), SAYING)], YELLOW, shared, NIGHT)
    assert all(d.state is DeliveryState.PENDING for d in quiet.held(found, MORNING, shared, (), NIGHT))


def held_rows() -> list[Delivery]:
    other = opened(Verdict("rule", Severity.BLUE, Topic.OUTAGE), at=NIGHT)
    found = rows(TEAM, DESK, kind=DeliveryKind.CARD) + rows(Audience(Place.PERSON, "wang"), change="y")
    telling = Telling("opened", DeliveryKind.CARD, (TEAM,), SAYING)
    found += deliveries([telling], replace(other, id="other"), DIRECTORY, NIGHT)
    waits = [d for d in quiet.held(found, MORNING, DIRECTORY, (), NIGHT) if d.state is DeliveryState.HELD]
    assert len(waits) == 3
    return waits


def test_the_morning_brings_one_message_a_channel_on_the_gravest_incident() -> None:
    told = {d.channel: (d, ids) for d, ids in quiet.digests(held_rows(), MORNING)}
    assert set(told) == {"slack:#anyu-watch", "slack:U2"}
    team, ids = told["slack:#anyu-watch"]
    assert (team.kind, team.state, team.incident) == (DeliveryKind.DIGEST, DeliveryState.PENDING, YELLOW.id)
    assert len(ids) == 2
    assert set(str(team.facts["told"]).split("+")) == set(ids)
    assert told["slack:U2"][0].recipient == "wang"


def test_what_was_written_in_the_nights_last_moment_gets_a_message_of_its_own() -> None:
    before, late = held_rows()[:-1], held_rows()[-1:]
    first = {d.id for d, _ in quiet.digests(before, MORNING)}
    [(second, told)] = quiet.digests(late, MORNING + MINUTE)
    assert second.id not in first
    assert second.change not in {d.change for d, _ in quiet.digests(before, MORNING)}
    assert told == (late[0].id,)


@given(st.permutations(held_rows()))
def test_the_same_night_makes_the_same_messages(found: list[Delivery]) -> None:
    expected = {(d.id, frozenset(ids)) for d, ids in quiet.digests(held_rows(), MORNING)}
    assert {(d.id, frozenset(ids)) for d, ids in quiet.digests(found, MORNING)} == expected


def test_a_route_tells_others_too_and_only_of_what_it_takes() -> None:
    route = Route(frozenset({Severity.YELLOW}), frozenset({Topic.RUMOUR}), ("slack:#legal",), ("li",))
    directory = Directory(AGENCY, replace(CLIENT, routes=(route,)), ("slack", "email", "inbox"))
    telling = Telling("x", DeliveryKind.CARD, (TEAM,), SAYING)
    found = {(d.recipient, d.channel) for d in deliveries([telling], YELLOW, directory, NIGHT)}
    assert {("team", "slack:#anyu-watch"), ("team", "slack:#legal"), ("li", "slack:U3")} < found
    other = replace(YELLOW, topic=Topic.OUTAGE)
    assert "slack:#legal" not in {d.channel for d in deliveries([telling], other, directory, NIGHT)}


def test_a_route_may_stand_in_for_the_teams_channel_and_calls_people_there() -> None:
    route = Route(channels=("slack:#legal",), instead=True)
    directory = Directory(AGENCY, replace(CLIENT, routes=(route,)), ("slack", "inbox"))
    tellings = [
        Telling("x", DeliveryKind.REPLY, (TEAM, Audience(Place.PERSON, "wang", in_team=True)), SAYING)
    ]
    found = deliveries(tellings, YELLOW, directory, NIGHT)
    assert {d.channel for d in found if d.channel.startswith("slack")} == {"slack:#legal"}


def test_a_route_into_a_channel_nobody_serves_leaves_the_team_its_own() -> None:
    route = Route(channels=("pager:1",), instead=True)
    directory = Directory(AGENCY, replace(CLIENT, routes=(route,)), ("slack", "inbox"))
    found = deliveries([Telling("x", DeliveryKind.REPLY, (TEAM,), SAYING)], YELLOW, directory, NIGHT)
    assert {d.channel for d in found} == {"slack:#anyu-watch", "inbox:desk"}


def test_a_channel_that_hears_of_it_late_gets_the_card_and_no_edit_of_it() -> None:
    tellings = [
        Telling("raised:yellow:2", DeliveryKind.REPLY, (TEAM, DESK), SAYING),
        Telling("updated:2", DeliveryKind.CARD_UPDATE, (TEAM, DESK), SAYING),
    ]
    seen = replace(DIRECTORY, carded={"slack:#desk"})
    found = {
        (d.channel, d.change): d.kind
        for d in deliveries(tellings, YELLOW, seen, NIGHT)
        if d.channel.startswith("slack")
    }
    assert found == {
        ("slack:#anyu-watch", "raised:yellow:2"): DeliveryKind.CARD,
        ("slack:#desk", "raised:yellow:2"): DeliveryKind.REPLY,
        ("slack:#desk", "updated:2"): DeliveryKind.CARD_UPDATE,
    }
