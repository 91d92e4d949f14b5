"""An incident grows graver, or turns out to be about something else: its plan grows with it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerting.incidents import join
from alerting.rules import Verdict
from tests.stories.test_nobody_answers import opened
from tests.world import World
from wanglou.domain.incident import Incident, Via
from wanglou.domain.plan import BookStep, Plan, Playbook, StepState, StepWord
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic

TEAM, TALKED = "#anyu-watch", timedelta(minutes=40)


def reported(world: World, severity: Severity, topic: Topic = Topic.OTHER) -> Incident:
    report = Report("lock", "安屿", topic, severity, "客户来电：门锁打不开", "", f"form-{severity}")
    assert isinstance(world.acts.report(world.access("wang"), report, Via.DESK, world.now), str)
    world.run()
    return world.incident()


def plan(world: World, incident: Incident) -> Plan:
    with world.parts.storage.look() as uow:
        found = uow.plans.of_incident(incident.id)
    assert found is not None
    return found


def states(found: Plan) -> dict[str, StepState]:
    return {step.id: step.state for step in found.steps}


def rises(world: World, incident: Incident, to: Severity) -> None:
    assert world.acts.raise_severity(world.access("wang"), incident.id, to, "", Via.DESK, world.now) is None
    world.run()


def does(world: World, incident: Incident, step: str) -> None:
    done = world.acts.step_done(
        world.access("zhou"), incident.id, step, StepWord(result="已存"), Via.DESK, world.now
    )
    assert done is None


@pytest.fixture
def blue(world: World) -> Incident:
    incident = reported(world, Severity.BLUE)
    assert plan(world, incident).book == "any_minor"
    return incident


def test_a_blue_report_that_turns_red_goes_on_after_the_grave_book(world: World, blue: Incident) -> None:
    does(world, blue, "freeze_evidence")
    before = plan(world, blue)
    world.clock.advance(TALKED)
    rises(world, blue, Severity.RED)
    after = plan(world, blue)
    assert (after.book, after.chosen_at) == ("any_topic", world.now)
    book = world.parts.config.books["any_topic"]
    assert [s.id for s in after.steps][: len(book.steps)] == [line.id for line in book.steps]
    assert states(after)["freeze_evidence"] is StepState.DONE
    assert states(before).keys() <= states(after).keys()
    assert [s.order for s in after.steps] == list(range(1, len(after.steps) + 1))


def test_new_steps_count_from_the_rise_and_no_old_one_gets_more_time(world: World, blue: Incident) -> None:
    before = {s.id: s for s in plan(world, blue).steps}
    world.clock.advance(TALKED)
    rises(world, blue, Severity.RED)
    for line in world.parts.config.books["any_topic"].steps:
        step = next(s for s in plan(world, blue).steps if s.id == line.id)
        old = before.get(line.id)
        assert step.due_at == (min(old.due_at, world.now + line.due) if old else world.now + line.due)


def test_the_record_and_the_owners_hear_of_the_other_book(world: World, blue: Incident) -> None:
    rises(world, blue, Severity.RED)
    told = [m.text for m in world.chat.in_channel(TEAM)]
    assert sum("改按预案《通用首小时处置预案》处置" in text for text in told) == 1
    assert any(text.startswith("轮到客户经理：与客户核实") for text in told)
    with world.parts.storage.look() as uow:
        kinds = [link.entry.kind for link in uow.incidents.timeline(blue.id)]
    assert kinds.count("incident_plan_widened") == 1
    world.run(minutes=5)
    assert plan(world, blue).book == "any_topic"
    assert sum("改按预案" in m.text for m in world.chat.in_channel(TEAM)) == 1


def test_a_step_let_go_at_the_lesser_level_is_to_do_again(world: World, blue: Incident) -> None:
    wang = world.access("wang")
    skipped = world.acts.step_skipped(wang, blue.id, "approve_statement", "不公开回复", Via.DESK, world.now)
    assert skipped is None
    rises(world, blue, Severity.RED)
    assert states(plan(world, blue))["approve_statement"] is StepState.TODO


def test_a_red_report_has_its_plan_at_once(world: World) -> None:
    assert plan(world, reported(world, Severity.RED)).book == "any_topic"


def test_a_topic_that_becomes_clear_later_brings_its_own_book(world: World) -> None:
    incident = opened(world, Severity.ORANGE, Topic.OTHER)
    world.run(minutes=3)
    assert plan(world, incident).book == "any_topic"
    with world.parts.storage.begin() as uow:
        found = uow.incidents.get(incident.id)
        assert found is not None
        news = join(found, Verdict("negative_burst", Severity.ORANGE, Topic.FALSE_ADVERT), [], world.now)
        world.parts.carrier.carry_out(uow, found, news, world.now)
        uow.commit()
    world.run()
    assert plan(world, incident).book == "misleading_ad"
    assert "pause_campaign" in states(plan(world, incident))


def test_a_lowered_incident_keeps_its_plan(world: World) -> None:
    incident = reported(world, Severity.RED)
    before = plan(world, incident)
    wang = world.access("wang")
    lowered = world.acts.lower_severity(wang, incident.id, Severity.BLUE, "误会", Via.DESK, world.now)
    assert lowered is None
    world.run(minutes=1)
    assert [s.id for s in plan(world, incident).steps] == [s.id for s in before.steps]


def test_a_book_added_to_the_library_is_for_incidents_to_come(world: World, blue: Incident) -> None:
    line = BookStep("new", "新步骤", "account", timedelta(hours=1), "写入")
    new = Playbook("other", "新预案", Topic.OTHER, Severity.BLUE, (line,), "digest")
    config = replace(world.parts.config, books={**world.parts.config.books, "other": new})
    later = replace(world, parts=replace(world.parts, config=config))
    later.run(minutes=1)
    assert plan(world, blue).book == "any_minor"
    rises(later, blue, Severity.YELLOW)
    assert plan(world, blue).book == "other"


def test_an_act_at_the_same_moment_is_not_lost(world: World, blue: Incident) -> None:
    raised = world.acts.raise_severity(world.access("wang"), blue.id, Severity.RED, "", Via.DESK, world.now)
    assert raised is None
    does(world, blue, "find_pattern")
    world.run()
    assert states(plan(world, blue))["find_pattern"] is StepState.DONE
