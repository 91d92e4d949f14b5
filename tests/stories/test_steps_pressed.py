"""Steps come to their owners one by one: when they can be begun, before they fall due, when late."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from tests.stories.test_nobody_answers import opened, told_of
from tests.world import World, restarted
from wanglou.domain.delivery import Message
from wanglou.domain.incident import Incident, Via
from wanglou.domain.plan import Step
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic

TEAM = "#anyu-watch"


def plan_of(world: World, incident: Incident) -> dict[str, Step]:
    with world.parts.storage.look() as uow:
        plan = uow.plans.of_incident(incident.id)
    assert plan is not None
    return {step.id: step for step in plan.steps}


def begun(world: World) -> Incident:
    incident = opened(world, Severity.ORANGE, Topic.FALSE_ADVERT)
    assert world.acknowledges("wang", incident) is None
    world.run()
    return incident


def about(world: World, what: str, address: str = TEAM) -> list[Message]:
    return [m for m in world.chat.in_channel(address) if what in m.text]


def finished(world: World, incident: Incident, *steps: str) -> None:
    for step in steps:
        refused = world.acts.step_done(
            world.access("wang"), incident.id, step, "陈经理：同意", Via.DESK, world.now
        )
        assert refused is None, step


def test_each_message_about_a_step_is_one_thing_to_do(world: World) -> None:
    incident = begun(world)
    steps = plan_of(world, incident)
    told = [m for m in world.chat.posts if m.text.startswith("轮到")]
    assert told
    for message in told:
        [line, how] = message.text.splitlines()
        [named] = [s for s in steps.values() if f"：{s.title}（" in line]
        assert named.done_when in how
        assert [b.value for b in message.buttons] == ([] if named.needs else [f"{incident.id}|{named.id}"])
        assert message.card.link.endswith(f"/incidents/{incident.id}#step-{named.id}")


def test_a_step_is_pushed_when_what_it_waits_for_is_done(world: World) -> None:
    incident = begun(world)
    assert about(world, "一页事实清单") == []
    finished(world, incident, "verify_facts")
    world.run(minutes=1)
    assert len(about(world, "轮到公关：写一页事实清单")) == 1


def test_the_clients_consent_lets_the_next_step_go(world: World) -> None:
    incident = begun(world)
    assert about(world, "通知经销商和达人停用争议素材") == []
    refused = world.acts.step_done(
        world.access("wang"), incident.id, "pause_campaign", " ", Via.DESK, world.now
    )
    assert refused is not None
    world.run(minutes=1)
    assert about(world, "通知经销商和达人停用争议素材") == []
    finished(world, incident, "pause_campaign")
    world.run(minutes=1)
    assert len(about(world, "：通知经销商和达人停用争议素材（")) == 1


def test_one_reminder_before_and_one_when_overdue_and_no_more_after_crash_and_outage(world: World) -> None:
    incident = begun(world)
    pause = plan_of(world, incident)["pause_campaign"]
    until(world, pause.due_at - timedelta(minutes=1))
    assert len(about(world, f"快到时间了：{pause.title}")) == 1
    assert about(world, f"步骤「{pause.title}」已超时") == []
    world.chat.down = True
    until(world, pause.due_at + timedelta(minutes=1))
    again = restarted(world)
    again.chat.down = False
    again.run(minutes=60, step=timedelta(minutes=5))
    assert len(about(again, f"快到时间了：{pause.title}")) == 1
    assert len(about(again, f"步骤「{pause.title}」已超时")) == 1
    changes = Counter((d.change, d.recipient, d.channel) for d in told_of(again, incident))
    assert max(changes.values()) == 1


def test_a_worker_that_slept_past_the_due_time_says_overdue_and_no_reminder(world: World) -> None:
    incident = begun(world)
    pause = plan_of(world, incident)["pause_campaign"]
    world.clock.set(pause.due_at + timedelta(minutes=3))
    world.turn()
    assert about(world, f"快到时间了：{pause.title}") == []
    assert len(about(world, f"步骤「{pause.title}」已超时")) == 1


def test_a_step_that_is_done_is_not_heard_of_again(world: World) -> None:
    incident = begun(world)
    finished(world, incident, "pause_campaign")
    world.run(minutes=60, step=timedelta(minutes=5))
    title = plan_of(world, incident)["pause_campaign"].title
    assert about(world, f"快到时间了：{title}") == []
    assert about(world, f"步骤「{title}」已超时") == []


@pytest.mark.parametrize("ended", ["resolved", "dismissed"])
def test_an_ended_incident_reminds_nobody(world: World, ended: str) -> None:
    incident = begun(world)
    wang = world.access("wang")
    if ended == "dismissed":
        world.acts.dismiss(wang, incident.id, "false_positive", Via.DESK, world.now)
    else:
        world.acts.waive(wang, incident.id, "客户失联", Via.DESK, world.now)
    world.run(minutes=1)
    before = len(world.chat.posts)
    world.run(minutes=90, step=timedelta(minutes=10))
    assert len(world.chat.posts) == before


def until(world: World, moment: datetime) -> None:
    world.run(minutes=(moment - world.now).total_seconds() / 60)
