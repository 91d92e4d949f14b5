"""The client's people sleep: what waits until eight, what does not, and that nothing is lost by it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.incidents import open_incident
from alerting.rules import Verdict
from desk.acts import Acts
from tests.stories.conftest import NIGHT
from tests.stories.slot import Slot, slot
from tests.stories.test_nobody_answers import opened, told_of
from tests.units.alerting.cast import signal
from tests.world import World, restarted
from wanglou.domain.agency import Config
from wanglou.domain.client import Limit, Route
from wanglou.domain.delivery import DeliveryKind, DeliveryState, Message
from wanglou.domain.incident import Incident, Via
from wanglou.domain.quiet import QuietHours
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic

TEAM = "#anyu-watch"
MORNING = datetime.fromisoformat("2026-03-11T08:00+08:00")
HOUR = timedelta(hours=1)


def asleep(config: Config, **changes: Any) -> Config:
    """The agency whose client lock has quiet hours and, unless said otherwise, no promise for the night."""
    given_ = {"quiet": QuietHours(time(22), time(8)), "contract": {}, **changes}
    return replace(config, clients={**config.clients, "lock": replace(config.clients["lock"], **given_)})


def quiet(world: World, **changes: Any) -> World:
    return replace(world, parts=replace(world.parts, config=asleep(world.parts.config, **changes)))


def heard(world: World) -> list[Message]:
    return world.chat.in_channel(TEAM)


def until(world: World, moment: datetime, step: timedelta = timedelta(minutes=10)) -> None:
    world.run(minutes=(moment - world.now).total_seconds() / 60, step=step)


def raised(world: World, incident: Incident, to: Severity, by: str = "xu") -> None:
    assert (
        world.acts.raise_severity(world.access(by), incident.id, to, "有人受伤", Via.DESK, world.now) is None
    )


def taken(world: World, incident: Incident, by: str = "xu") -> None:
    """The desk has it: no ladder is climbed."""
    assert world.acknowledges(by, incident) is None


def test_a_yellow_incident_at_night_waits_for_eight_and_the_desk_has_it_at_once(night: World) -> None:
    world = quiet(night)
    incident = opened(world, Severity.YELLOW, Topic.FALSE_ADVERT)
    taken(world, incident)
    world.run(minutes=1)
    assert heard(world) == []
    assert [m.address for m in world.chat.cards] == ["#duty-desk"]
    held = [d for d in told_of(world, incident) if d.state is DeliveryState.HELD]
    assert {d.next_at for d in held} == {MORNING}


def test_the_morning_tells_two_incidents_in_one_message(night: World) -> None:
    world = quiet(night, sla={})
    for topic in (Topic.FALSE_ADVERT, Topic.OUTAGE):
        taken(world, opened(world, Severity.YELLOW, topic))
        world.run(minutes=30, step=timedelta(minutes=10))
    until(world, MORNING - timedelta(minutes=1))
    assert heard(world) == []
    world.run(minutes=2)
    [only] = heard(world)
    assert only.kind is DeliveryKind.DIGEST
    assert all(f"#{n}" in only.text for n in (1, 2))
    assert "免打扰时段结束" in only.card.title
    until(world, MORNING + HOUR)
    assert [m.kind for m in heard(world)].count(DeliveryKind.DIGEST) == 1


def test_by_day_the_team_hears_at_once(world: World) -> None:
    by_day = quiet(world)
    opened(by_day, Severity.YELLOW, Topic.FALSE_ADVERT)
    by_day.run(minutes=1)
    assert heard(by_day)[0].kind is DeliveryKind.CARD


@pytest.mark.parametrize("severity", [Severity.ORANGE, Severity.RED])
def test_a_grave_incident_wakes_the_team(night: World, severity: Severity) -> None:
    world = quiet(night)
    opened(world, severity, Topic.FALSE_ADVERT)
    world.run(minutes=1)
    assert heard(world)[0].kind is DeliveryKind.CARD


def test_what_rises_at_night_brings_all_that_was_held_with_the_card_first(night: World) -> None:
    world = quiet(night, sla={})
    incident = opened(world, Severity.YELLOW, Topic.FALSE_ADVERT)
    taken(world, incident)
    world.run(minutes=20, step=timedelta(minutes=5))
    assert heard(world) == []
    raised(world, incident, Severity.RED)
    world.run(minutes=1)
    assert heard(world)[0].kind is DeliveryKind.CARD
    assert all(d.state is not DeliveryState.HELD for d in told_of(world, incident))
    until(world, MORNING + HOUR)
    assert not any(m.kind is DeliveryKind.DIGEST for m in heard(world))


def test_a_promise_of_the_contract_wakes_the_team_until_it_is_kept(night: World) -> None:
    promise = Limit(dict.fromkeys(Severity, 2 * HOUR), dict.fromkeys(Severity, 2 * HOUR))
    world = quiet(night, contract={"account_response": promise}, sla={"account_response": promise})
    incident = opened(world, Severity.YELLOW, Topic.FALSE_ADVERT)
    world.run(minutes=1)
    assert heard(world)[0].kind is DeliveryKind.CARD
    taken(world, incident, by="wang")
    before = len(heard(world))
    raised(world, incident, Severity.YELLOW)
    world.run(minutes=90, step=timedelta(minutes=10))
    assert len(heard(world)) == before


def test_nobody_answering_at_night_still_calls_the_account_manager_with_the_card_first(night: World) -> None:
    world = quiet(night)
    opened(world, Severity.YELLOW, Topic.FALSE_ADVERT)
    world.run(minutes=10)
    called = [m for m in world.chat.posts if "升级通知" in m.text and m.mentions]
    assert called
    assert heard(world)[0].kind is DeliveryKind.CARD


def test_a_worker_restarted_at_the_very_end_tells_it_once(night: World) -> None:
    world = quiet(night, sla={})
    taken(world, opened(world, Severity.YELLOW, Topic.FALSE_ADVERT))
    world.run()
    world.clock.set(MORNING)
    world.chat.down = True
    world.turn()
    again = restarted(world)
    again.chat.down = False
    again.run(minutes=30)
    assert [m.kind for m in heard(again)].count(DeliveryKind.DIGEST) == 1


def test_a_row_committed_just_after_the_morning_message_is_told_too(night: World) -> None:
    world = quiet(night, sla={})
    first = opened(world, Severity.YELLOW, Topic.FALSE_ADVERT)
    taken(world, first)
    until(world, MORNING)
    moment = world.parts
    late = datetime.fromisoformat("2026-03-11T07:59:59+08:00")
    verdict = Verdict("negative_burst", Severity.YELLOW, Topic.OUTAGE)
    decision = open_incident(verdict, [signal()], 9, late)
    with moment.storage.begin() as uow:
        assert moment.carrier.open_new(uow, decision, late)
        uow.commit()
    world.run(minutes=1)
    told = [m for m in heard(world) if m.kind is DeliveryKind.DIGEST]
    assert [("#1" in m.text, "#9" in m.text) for m in told] == [(True, False), (False, True)]


def test_after_the_night_the_next_news_brings_the_card(night: World) -> None:
    world = quiet(night, sla={})
    incident = opened(world, Severity.YELLOW, Topic.FALSE_ADVERT)
    taken(world, incident)
    until(world, MORNING + timedelta(minutes=1))
    raised(world, incident, Severity.ORANGE)
    world.run(minutes=1)
    kinds = [m.kind for m in heard(world)]
    assert kinds[:2] == [DeliveryKind.DIGEST, DeliveryKind.CARD]
    assert kinds.count(DeliveryKind.CARD) == 1


def test_a_route_brings_red_to_legal_with_the_card_and_nothing_lesser(world: World) -> None:
    route = Route(frozenset({Severity.RED}), channels=("slack:#legal",))
    by_day = quiet(world, routes=(route,))
    incident = opened(by_day, Severity.YELLOW, Topic.FALSE_ADVERT)
    by_day.run(minutes=1)
    assert by_day.chat.in_channel("#legal") == []
    raised(by_day, incident, Severity.RED, by="zhou")
    by_day.run(minutes=1)
    legal = by_day.chat.in_channel("#legal")
    assert legal[0].kind is DeliveryKind.CARD
    assert len([m for m in legal if m.kind is DeliveryKind.CARD]) == 1


@dataclass(frozen=True)
class Event:
    """Something in the night: minutes after the one before; ``what`` opens, notes, raises or restarts."""

    after: int
    what: str
    severity: Severity
    topic: Topic


events = st.lists(
    st.builds(
        Event,
        st.integers(1, 200),
        st.sampled_from(["open", "raise", "contain", "restart", "chat down", "chat up"]),
        st.sampled_from(Severity),
        st.sampled_from([Topic.FALSE_ADVERT, Topic.OUTAGE, Topic.RUMOUR]),
    ),
    min_size=1,
    max_size=7,
)


@pytest.fixture(scope="session")
def bedside(
    agency: Config, two_quiet_weeks: Callable[[datetime], Path], tmp_path_factory: pytest.TempPathFactory
) -> Slot:
    return slot(agency, two_quiet_weeks(NIGHT), tmp_path_factory.mktemp("night") / "data", NIGHT)


def happens(world: World, event: Event) -> World:
    if event.what in {"chat down", "chat up"}:
        world.chat.down = event.what == "chat down"
    elif event.what == "restart":
        return restarted(world)
    elif event.what == "open":
        if not any(i.topic is event.topic for i in world.incidents()):
            opened(world, event.severity, event.topic)
    else:
        acts(world, event)
    return world


def acts(world: World, event: Event) -> None:
    acts_: Acts = world.acts
    for incident in world.incidents()[:1]:
        if event.what == "contain":
            acts_.contain(world.access("wang"), incident.id, "没有新帖", Via.DESK, world.now)
        elif event.severity > incident.severity:
            raised(world, incident, event.severity)


@given(events)
@settings(max_examples=20, deadline=None)
def test_whatever_the_night_brings_nothing_is_lost_and_nothing_is_sent_twice(
    bedside: Slot, night_: list[Event]
) -> None:
    world = quiet(bedside.begin())
    for event in night_:
        world = happens(world, event)
        world.run(minutes=event.after, step=timedelta(minutes=25))
    world.chat.down = False
    until(world, max(MORNING, world.now) + 2 * HOUR, step=timedelta(minutes=25))
    sent = Counter(m.delivery for m in world.chat.posts)
    assert [one for one, times in sent.items() if times > 1] == []
    with world.parts.storage.look() as uow:
        rows = [d for i in uow.incidents.all_open() for d in uow.deliveries.of_incident(i.id)]
    assert [d for d in rows if d.state is DeliveryState.HELD] == []
    digests = [d for d in rows if d.kind is DeliveryKind.DIGEST]
    for row in (d for d in rows if d.state is DeliveryState.BUNDLED):
        [digest] = [d for d in digests if row.id in str(d.facts["told"]).split("+")]
        assert digest.channel == row.channel
        assert digest.state in {
            DeliveryState.SENT,
            DeliveryState.DEAD,
        }  # dead: said aloud, sent again by hand
