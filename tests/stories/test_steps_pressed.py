"""Steps come to their owners one by one: when they can be begun, before they fall due, when late."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from tests.stating import statement
from tests.stories.test_nobody_answers import opened, told_of
from tests.world import World, consent, restarted, word
from wanglou.domain.delivery import Message
from wanglou.domain.incident import Incident, Via
from wanglou.domain.plan import Step, StepState, StepWord, Stopped
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic
from wanglou.wording import say

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
            world.access("wang"), incident.id, step, consent(world.now), Via.DESK, world.now
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
        world.access("wang"),
        incident.id,
        "pause_campaign",
        StepWord(result="口头同意了"),
        Via.DESK,
        world.now,
    )
    assert refused is not None
    assert refused.code == "step_refused_consent"
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


def test_whether_the_advert_is_paused_is_asked_apart_from_the_clients_consent(world: World) -> None:
    incident, wang = begun(world), world.access("wang")
    pause, sentence = "pause_campaign", "已暂停相关广告投放"

    def says(said: StepWord) -> Reason | None:
        return world.acts.step_done(wang, incident.id, pause, said, Via.DESK, world.now)

    unasked, unsaid = says(StepWord(None, Stopped.YES, world.now)), says(StepWord(word(world.now)))
    assert unasked is not None
    assert unsaid is not None
    assert (unasked.code, unsaid.code) == ("step_refused_consent", "step_refused_stopped")
    assert says(StepWord(word(world.now), Stopped.NOT_YET)) is None
    assert plan_of(world, incident)[pause].state is StepState.TODO
    assert sentence not in statement(world, incident).words

    world.run(minutes=10)
    paused = world.now - timedelta(minutes=4)
    assert says(StepWord(None, Stopped.YES, paused)) is None  # the consent is on record
    assert plan_of(world, incident)[pause].state is StepState.DONE
    local = paused.astimezone(world.parts.config.agency.zone)
    assert f"{local:%m-%d %H:%M} 前，{sentence}" in statement(world, incident).words


def test_where_no_advert_runs_the_step_ends_and_the_draft_claims_nothing(world: World) -> None:
    incident = begun(world)
    said = StepWord(word(world.now), Stopped.NOTHING, result="没有在投")
    step, wang = "pause_campaign", world.access("wang")
    assert world.acts.step_done(wang, incident.id, step, said, Via.DESK, world.now) is None
    assert plan_of(world, incident)[step].state is StepState.DONE
    assert "已暂停相关广告投放" not in statement(world, incident).words


def test_a_button_in_chat_is_no_consent(world: World) -> None:
    incident = begun(world)
    wang, at = world.access("wang"), (Via.SLACK, world.now)
    refused = world.acts.step_done(wang, incident.id, "pause_campaign", StepWord(), *at)
    assert refused is not None
    assert "事件页" in say(refused)
    assert plan_of(world, incident)["pause_campaign"].state is StepState.TODO
