"""The client rings before any detector: the same road, one incident, nobody woken twice."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.stories.conftest import AFTERNOON, NIGHT
from tests.stories.test_advert_crisis import crisis
from tests.world import World
from wanglou.domain.clock import ACCOUNT_RESPONSE
from wanglou.domain.incident import Incident, Via
from wanglou.domain.person import Access
from wanglou.domain.reason import Reason
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic


def report(
    text: str = "客户来电：门店有人受伤",
    *,
    severity: Severity = Severity.ORANGE,
    topic: Topic = Topic.PRODUCT_SAFETY,
    once: str = "form-1",
) -> Report:
    return Report("lock", "安屿", topic, severity, text, "市场部 陈经理", once)


def tells(world: World, person: str, told: Report) -> str | Reason:
    return world.acts.report(world.access(person), told, Via.DESK, world.now)


def stored(world: World, incident: str | Reason) -> Incident:
    assert isinstance(incident, str)
    with world.parts.storage.look() as uow:
        found = uow.incidents.get(incident)
    assert found
    return found


@pytest.mark.parametrize(("when", "limit"), [(AFTERNOON, timedelta(minutes=30)), (NIGHT, timedelta(hours=1))])
def test_it_gets_a_card_a_plan_and_the_clocks_of_the_hour(
    open_at: Callable[[datetime], World], when: datetime, limit: timedelta
) -> None:
    world = open_at(when)
    opened = stored(world, tells(world, "zhou", report()))
    world.run(minutes=3)
    assert sorted(m.address for m in world.chat.cards) == ["#anyu-watch", "#duty-desk"]
    assert all("门店有人受伤" in card.text for card in world.chat.cards)
    with world.parts.storage.look() as uow:
        clocks = {clock.name: clock for clock in uow.clocks.of_incident(opened.id)}
        assert uow.plans.of_incident(opened.id) is not None
    running = clocks[ACCOUNT_RESPONSE]
    assert running.stopped_at is None  # the desk told it; the account manager has not answered yet
    assert running.due_at - running.started_at <= limit


def test_who_reports_it_has_it_in_hand(world: World) -> None:
    assert stored(world, tells(world, "wang", report())).acknowledged_by == "wang"


def test_one_form_opens_one_incident_however_often_it_is_sent(world: World) -> None:
    first, again = tells(world, "zhou", report()), tells(world, "zhou", report())
    assert first == again
    world.run(minutes=1)
    assert len(world.incidents()) == 1
    assert len(world.chat.cards) == 2


def test_two_people_who_report_one_happening_meet_in_one_incident(world: World) -> None:
    first = tells(world, "zhou", report())
    world.run(minutes=1)
    assert tells(world, "wang", report("我也接到了电话", once="form-2")) == first
    world.run(minutes=1)
    assert len(world.incidents()) == 1
    told = [m for m in world.chat.posts if "我也接到了电话" in m.text]
    assert len({m.address for m in told}) == len(told) > 0


def test_a_report_joins_what_was_detected_and_raises_but_never_lowers_it(world: World) -> None:
    crisis(world)
    found = world.incident()
    lesser = report("客户也知道了", severity=Severity.BLUE, topic=found.topic)
    assert tells(world, "zhou", lesser) == found.id
    assert world.incident().severity == found.severity
    graver = report("有人受伤", severity=Severity.RED, topic=found.topic, once="form-2")
    assert tells(world, "zhou", graver) == found.id
    assert world.incident().severity is Severity.RED


def test_a_detector_that_sees_it_later_joins_the_report(world: World) -> None:
    opened = tells(world, "zhou", report(topic=Topic.FALSE_ADVERT, severity=Severity.BLUE))
    crisis(world)
    assert world.incident().id == opened


def test_nobody_reports_about_a_client_that_is_not_theirs(world: World) -> None:
    theirs = Access("wang", frozenset({"tea"}))
    refused = world.acts.report(theirs, report(), Via.DESK, world.now)
    assert isinstance(refused, Reason)
    assert world.incidents() == []


def test_a_brand_that_is_not_the_clients_is_refused(world: World) -> None:
    other = Report("lock", "芷屿茶事", Topic.OTHER, Severity.BLUE, "x", "", "f")
    assert isinstance(tells(world, "zhou", other), Reason)
    empty = Report("lock", "安屿", Topic.OTHER, Severity.BLUE, "  ", "", "f")
    assert isinstance(tells(world, "zhou", empty), Reason)
    assert world.incidents() == []
