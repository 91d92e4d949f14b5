"""Promises around a long holiday: the eve, the days off, the made-up Saturday (调休), unknown years."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.stories.test_nobody_answers import opened, told_of
from tests.world import World, started
from wanglou.domain.agency import Config
from wanglou.domain.client import Limit
from wanglou.domain.clock import ACCOUNT_RESPONSE, DESK_ACKNOWLEDGE, SlaClock
from wanglou.domain.incident import Incident, Via
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic

MINUTE = timedelta(minutes=1)
LIMITS = {
    DESK_ACKNOWLEDGE: Limit(dict.fromkeys(Severity, 10 * MINUTE), dict.fromkeys(Severity, 20 * MINUTE)),
    ACCOUNT_RESPONSE: Limit(
        {**dict.fromkeys(Severity, 30 * MINUTE), Severity.RED: 15 * MINUTE},
        {**dict.fromkeys(Severity, 120 * MINUTE), Severity.RED: 45 * MINUTE},
    ),
}
OPEN, SHUT = (10, 30), (20, 120)
"""Minutes to acknowledge and to answer, in office hours and outside of them."""

EVE = "2026-09-30T18:10"  # a Wednesday; the National Day holiday begins at midnight


@pytest.fixture
def at(agency: Config, sqlite_template: Path, tmp_path: Path) -> Callable[[str], World]:
    """The agency at a moment of Shanghai, with nothing said of anybody yet."""

    def world(moment: str) -> World:
        database = tmp_path / "wanglou.db"
        shutil.copy(sqlite_template, database)
        lock = replace(agency.clients["lock"], sla=LIMITS)
        config = replace(agency, clients={**agency.clients, "lock": lock})
        return started(config, database, tmp_path, shanghai(moment))

    return world


def shanghai(moment: str) -> datetime:
    return datetime.fromisoformat(f"{moment}+08:00")


def clocks(world: World, incident: Incident) -> dict[str, SlaClock]:
    with world.parts.storage.look() as uow:
        return {c.name: c for c in uow.clocks.of_incident(incident.id)}


def minutes(world: World, incident: Incident) -> tuple[int, int]:
    found = clocks(world, incident)
    acknowledge, answer = (found[name] for name in (DESK_ACKNOWLEDGE, ACCOUNT_RESPONSE))
    assert acknowledge.in_office_hours is answer.in_office_hours
    return tuple((c.due_at - c.started_at) // MINUTE for c in (acknowledge, answer))  # type: ignore[return-value]  # two of them


def warned(world: World, incident: Incident) -> list[tuple[str, datetime]]:
    """Marks of the account's clock in the team's channel, with when they were told."""
    rows = [d for d in told_of(world, incident) if d.change.startswith(f"clock:{ACCOUNT_RESPONSE}:")]
    return [(d.change.split(":")[2], d.created_at) for d in rows if d.channel == "slack:#anyu-watch"]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param(EVE, OPEN, id="the eve, twenty minutes before closing"),
        pytest.param("2026-09-30T18:30", SHUT, id="the eve, at closing"),
        pytest.param("2026-10-01T10:00", SHUT, id="a Thursday of the holiday"),
        pytest.param("2026-10-07T18:29", SHUT, id="the holiday's last afternoon"),
        pytest.param("2026-10-08T08:59", SHUT, id="the first morning back, before opening"),
        pytest.param("2026-10-08T09:00", OPEN, id="the first morning back"),
        pytest.param("2026-10-10T10:00", OPEN, id="the made-up Saturday"),
        pytest.param("2026-10-10T20:00", SHUT, id="the made-up Saturday, at night"),
        pytest.param("2026-10-17T10:00", SHUT, id="an ordinary Saturday"),
        pytest.param("2026-09-20T10:00", OPEN, id="the made-up Sunday before"),
        pytest.param("2027-10-01T10:00", OPEN, id="a year not published yet: a Friday is a Friday"),
        pytest.param("2027-10-02T10:00", SHUT, id="a year not published yet: a Saturday is one too"),
    ],
)
def test_the_moment_of_opening_decides_which_limits_hold(
    at: Callable[[str], World], moment: str, expected: tuple[int, int]
) -> None:
    world = at(moment)
    assert minutes(world, opened(world, Severity.YELLOW, Topic.FALSE_ADVERT)) == expected


def test_what_comes_on_the_eve_is_owed_the_same_evening_and_said_so_on_the_way(
    at: Callable[[str], World],
) -> None:
    world = at(EVE)
    incident = opened(world, Severity.YELLOW, Topic.FALSE_ADVERT)
    world.run(minutes=45)
    due = clocks(world, incident)[ACCOUNT_RESPONSE].due_at
    assert due == shanghai("2026-09-30T18:40")  # the office closed at half past
    assert [mark for mark, _ in warned(world, incident)] == ["50", "80", "100"]
    assert dict(warned(world, incident))["100"] == due
    assert any("首响" in m.text and "已超时" in m.text for m in world.chat.in_channel("#anyu-watch"))


def test_in_the_holiday_the_account_manager_has_until_noon(at: Callable[[str], World]) -> None:
    world = at("2026-10-01T10:00")
    incident = opened(world, Severity.YELLOW, Topic.FALSE_ADVERT)
    assert world.acknowledges("zhou", incident) is None
    world.run(minutes=95, step=timedelta(minutes=5))
    assert [mark for mark, _ in warned(world, incident)] == ["50"]
    world.run(minutes=5, step=timedelta(minutes=1))
    assert [mark for mark, _ in warned(world, incident)] == ["50", "80"]
    answered = world.acts.note(world.access("wang"), incident.id, "已致电客户", "form-1", Via.DESK, world.now)
    assert answered is None
    world.run(minutes=60, step=timedelta(minutes=10))
    assert [mark for mark, _ in warned(world, incident)] == ["50", "80"]
    found = clocks(world, incident)[ACCOUNT_RESPONSE]
    assert found.stopped_at is not None
    assert found.stopped_at < found.due_at


def test_on_the_made_up_saturday_half_an_hour_is_half_an_hour(at: Callable[[str], World]) -> None:
    world = at("2026-10-10T10:00")
    incident = opened(world, Severity.YELLOW, Topic.FALSE_ADVERT)
    assert world.acknowledges("zhou", incident) is None
    world.run(minutes=31)
    assert dict(warned(world, incident))["100"] == shanghai("2026-10-10T10:30")


def test_a_rise_in_the_holiday_has_the_limits_of_the_holiday_and_never_more_time(
    at: Callable[[str], World],
) -> None:
    world = at(EVE)
    incident = opened(world, Severity.YELLOW, Topic.FALSE_ADVERT)
    before = clocks(world, incident)[ACCOUNT_RESPONSE].due_at
    world.run(minutes=25, step=timedelta(minutes=5))  # 18:35: closed, and the holiday is near
    raised = world.acts.raise_severity(
        world.access("xu"), incident.id, Severity.RED, "有人受伤", Via.DESK, world.now
    )
    assert raised is None
    risen = clocks(world, incident)[ACCOUNT_RESPONSE]
    assert risen.due_at == before == shanghai("2026-09-30T18:40")  # red alone would have given until 19:20


def test_an_incident_of_the_holiday_that_rises_back_at_work_has_the_offices_limits(
    at: Callable[[str], World],
) -> None:
    world = at("2026-10-08T08:50")
    incident = opened(world, Severity.YELLOW, Topic.FALSE_ADVERT)
    assert minutes(world, incident) == SHUT
    world.run(minutes=15, step=timedelta(minutes=5))  # 09:05: the office is open again
    raised = world.acts.raise_severity(
        world.access("zhou"), incident.id, Severity.RED, "有人受伤", Via.DESK, world.now
    )
    assert raised is None
    risen = clocks(world, incident)[ACCOUNT_RESPONSE]
    assert risen.due_at == shanghai("2026-10-08T09:20")
    assert risen.in_office_hours


@pytest.mark.parametrize(
    ("moment", "person"),
    [("2026-10-01T10:00", "zhou"), ("2026-10-01T22:30", "xu"), ("2026-10-10T10:00", "zhou")],
)
def test_whatever_the_calendar_says_somebody_watches(
    at: Callable[[str], World], moment: str, person: str
) -> None:
    world = at(moment)
    assert world.parts.config.agency.rota.on_duty(world.now) == (person,)
