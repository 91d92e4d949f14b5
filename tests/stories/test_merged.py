"""Two incidents turn out to be one happening: it goes on in one place, and nothing is lost or told twice."""

from collections.abc import Callable
from datetime import datetime

import pytest

from tests.stories.conftest import AFTERNOON, NIGHT
from tests.stories.test_advert_crisis import COMPLAINTS, crisis
from tests.world import World
from wanglou.domain.clock import SlaClock
from wanglou.domain.incident import ChainedEntry, Incident, IncidentState, Via, first_broken
from wanglou.domain.person import Access
from wanglou.domain.reason import Reason
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic


def reported(
    world: World, severity: Severity = Severity.BLUE, client: str = "lock", brand: str = "安屿"
) -> str:
    """A second incident, opened by hand: another topic, so that it does not join by itself."""
    told = Report(client, brand, Topic.PRODUCT_SAFETY, severity, "客户来电：门店有人受伤", "陈经理", client)
    opened = world.acts.report(world.access("zhou"), told, Via.DESK, world.now)
    assert isinstance(opened, str)
    return opened


def merges(
    world: World, gone: str, into: str, person: str = "zhou", why: str = "同一批门锁"
) -> Reason | None:
    return world.acts.merge(world.access(person), gone, into, why, Via.DESK, world.now)


def stored(world: World, incident: str) -> Incident:
    with world.parts.storage.look() as uow:
        found = uow.incidents.get(incident)
    assert found
    return found


def record(world: World, incident: str) -> list[ChainedEntry]:
    with world.parts.storage.look() as uow:
        return uow.incidents.timeline(incident)


def clocks(world: World, incident: str) -> dict[str, SlaClock]:
    with world.parts.storage.look() as uow:
        return {c.name: c for c in uow.clocks.of_incident(incident)}


@pytest.mark.parametrize("when", [AFTERNOON, NIGHT])
def test_records_stay_and_lead_to_each_other_evidence_and_signals_join(
    open_at: Callable[[datetime], World], when: datetime
) -> None:
    world = open_at(when)
    crisis(world)
    detected, by_hand = world.incident().id, reported(world)
    before = record(world, detected), record(world, by_hand)
    with world.parts.storage.look() as uow:
        signals = {s.key for s in uow.signals.of_incident(detected)}
        evidence = uow.incidents.evidence_count(detected)
    assert signals
    assert evidence
    assert merges(world, detected, by_hand) is None
    gone, into = stored(world, detected), stored(world, by_hand)
    assert (gone.state, gone.open_key, gone.ended_at) == (IncidentState.MERGED, None, world.now)
    with world.parts.storage.look() as uow:
        assert {s.key for s in uow.signals.of_incident(by_hand)} == signals
        assert uow.incidents.evidence_count(by_hand) == uow.incidents.evidence_count(detected) == evidence
    after = record(world, detected), record(world, by_hand)
    assert after[0][: len(before[0])] == before[0]
    assert after[1][: len(before[1])] == before[1]
    assert [first_broken(links) for links in after] == [None, None]
    assert after[0][-1].entry.facts["number"] == into.number
    assert gone.number in [link.entry.facts.get("number") for link in after[1]]


def test_it_is_told_once_below_the_card_that_goes_on(world: World) -> None:
    crisis(world)
    detected, by_hand = world.incident().id, reported(world)
    world.run(minutes=1)
    told = len(world.chat.posts)
    assert merges(world, by_hand, detected) is None
    world.run(minutes=1)
    assert merges(world, by_hand, detected) is None
    world.run(minutes=1)
    new = world.chat.posts[told:]
    assert sorted(m.address for m in new if "并入本事件" in m.text) == ["#anyu-watch", "#duty-desk"]
    assert [m.text for m in new if "并入" not in m.text and "快到时间了" not in m.text] == []
    assert len(record(world, by_hand)) == len({link.hash for link in record(world, by_hand)})
    assert [link.entry.kind for link in record(world, by_hand)].count("incident_merged_into") == 1


def test_news_of_the_merged_story_joins_where_it_goes_on(world: World) -> None:
    crisis(world, 20)
    detected, by_hand = world.incident().id, reported(world)
    merges(world, detected, by_hand)
    with world.parts.storage.look() as uow:
        before = uow.incidents.evidence_count(by_hand)
    for wave in range(20, 60, 10):
        world.sees(COMPLAINTS[wave : wave + 10])
        world.run(minutes=1)
    assert [i.id for i in world.incidents()] == [by_hand]
    with world.parts.storage.look() as uow:
        assert uow.incidents.evidence_count(by_hand) > before


def test_a_row_of_merges_leads_to_its_end(world: World) -> None:
    crisis(world)
    first, second = world.incident(), reported(world)
    told = Report("lock", "安屿", Topic.SERVICE_COMPLAINT, Severity.BLUE, "客服投诉", "", "third")
    third = world.acts.report(world.access("zhou"), told, Via.DESK, world.now)
    assert isinstance(third, str)
    assert merges(world, first.id, second) is None
    assert merges(world, second, third) is None
    again = Report("lock", "安屿", first.topic, Severity.BLUE, "又有人问起", "", "again")
    assert world.acts.report(world.access("zhou"), again, Via.DESK, world.now) == third


def test_once_it_has_ended_there_the_same_story_is_a_new_incident(world: World) -> None:
    crisis(world)
    first, second = world.incident(), reported(world)
    merges(world, first.id, second)
    assert world.acts.waive(world.access("wang"), second, "演示", Via.DESK, world.now) is None
    again = Report("lock", "安屿", first.topic, Severity.BLUE, "又有人问起", "", "again")
    anew = world.acts.report(world.access("zhou"), again, Via.DESK, world.now)
    assert anew not in {first.id, second}
    assert isinstance(anew, str)


def test_the_graver_severity_and_the_earlier_promise_stand(world: World) -> None:
    crisis(world)
    detected, found = world.incident().id, world.incident().severity
    before = clocks(world, detected)
    world.run(minutes=3)
    by_hand = reported(world)
    assert merges(world, detected, by_hand) is None
    assert stored(world, by_hand).severity == found
    after = clocks(world, by_hand)
    for name, clock in before.items():
        kept = after[name]
        assert kept.stopped_at is not None or kept.due_at <= clock.due_at
    assert all(c.stopped_at for c in clocks(world, detected).values())


def test_it_is_refused_across_clients_into_itself_into_the_ended_and_without_grounds(world: World) -> None:
    crisis(world)
    ours, by_hand = world.incident().id, reported(world)
    other = next(c for c in world.parts.config.clients.values() if c.id != "lock")
    theirs = reported(world, client=other.id, brand=other.brands[0].name)
    before = record(world, theirs)
    for refused in (
        merges(world, ours, theirs),
        merges(world, ours, ours),
        merges(world, ours, "nothing"),
        merges(world, ours, by_hand, why="  "),
    ):
        assert isinstance(refused, Reason)
    foreign = Access("wang", frozenset({other.id}))
    assert world.acts.merge(foreign, ours, by_hand, "x", Via.DESK, world.now) == Reason("act_gone")
    world.acts.waive(world.access("wang"), by_hand, "演示", Via.DESK, world.now)
    assert isinstance(merges(world, ours, by_hand), Reason)
    assert stored(world, ours).state.is_open
    assert record(world, theirs) == before


def test_what_was_merged_is_not_reopened(world: World) -> None:
    crisis(world)
    detected, by_hand = world.incident().id, reported(world)
    merges(world, detected, by_hand)
    refused = world.acts.reopen(world.access("wang"), detected, "还是两件事", Via.DESK, world.now)
    assert isinstance(refused, Reason)
    assert stored(world, detected).state is IncidentState.MERGED
