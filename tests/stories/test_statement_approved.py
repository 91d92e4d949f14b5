"""From blanks to words the client approved, and back when somebody changes a word."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.stating import approves, fills, statement, states
from tests.stories.test_nobody_answers import opened
from tests.world import World, word
from wanglou.domain.clock import STATEMENT
from wanglou.domain.confirmation import Medium
from wanglou.domain.incident import Incident, Via, first_broken
from wanglou.domain.plan import Step, StepState, StepWord, Stopped
from wanglou.domain.severity import Severity
from wanglou.domain.statement import StatementFact
from wanglou.domain.topic import Topic
from wanglou.wording import say

SAID = StepWord(result="见附件")


@pytest.fixture
def case(world: World) -> tuple[World, Incident]:
    incident = opened(world, Severity.ORANGE, Topic.FALSE_ADVERT)
    assert world.acknowledges("wang", incident) is None
    world.run()
    return world, incident


def step(world: World, incident: Incident, name: str = "approve_statement") -> Step:
    with world.parts.storage.look() as uow:
        plan = uow.plans.of_incident(incident.id)
    assert plan is not None
    return next(s for s in plan.steps if s.id == name)


def up_to_approval(world: World, incident: Incident) -> None:
    for name in ("verify_facts", "fact_sheet", "draft_statement", "legal_review"):
        refused = world.acts.step_done(world.access("wang"), incident.id, name, SAID, Via.DESK, world.now)
        assert refused is None, name


def kinds(world: World, incident: Incident) -> list[str]:
    with world.parts.storage.look() as uow:
        timeline = uow.incidents.timeline(incident.id)
    assert first_broken(timeline) is None
    return [link.entry.kind for link in timeline]


def test_filled_reviewed_and_approved_the_words_are_bound_and_the_clock_stops(
    case: tuple[World, Incident],
) -> None:
    world, incident = case
    before = statement(world, incident)
    assert {f.check.id for f in before.findings} == {"blank_left"}
    fills(world, incident)
    filled = statement(world, incident)
    assert filled.findings == ()
    assert filled.digest != before.digest
    up_to_approval(world, incident)
    assert approves(world, incident, filled.digest) is None
    assert step(world, incident).state is StepState.DONE
    with world.parts.storage.look() as uow:
        clock = next(c for c in uow.clocks.of_incident(incident.id) if c.name == STATEMENT)
    assert clock.stopped_at == world.now


def test_a_word_changed_after_approval_voids_it_and_the_account_manager_hears(
    case: tuple[World, Incident],
) -> None:
    world, incident = case
    fills(world, incident)
    up_to_approval(world, incident)
    assert approves(world, incident, statement(world, incident).digest) is None
    world.run(minutes=1)
    assert states(world, incident, "next", "3 月 10 日 20:00") is None
    assert step(world, incident).state is StepState.TODO
    world.run(minutes=1)
    [told] = [m for m in world.chat.in_channel("#anyu-watch") if "作废" in m.text]
    assert told.card.link.endswith("#step-approve_statement")
    world.run(minutes=1)
    assert approves(world, incident, statement(world, incident).digest) is None
    assert step(world, incident).state is StepState.DONE
    assert kinds(world, incident).count("incident_statement_voided") == 1


def test_the_same_fact_again_changes_nothing_and_voids_nothing(case: tuple[World, Incident]) -> None:
    world, incident = case
    fills(world, incident)
    up_to_approval(world, incident)
    assert approves(world, incident, statement(world, incident).digest) is None
    before = kinds(world, incident)
    fills(world, incident)
    assert approves(world, incident, statement(world, incident).digest) is None
    assert kinds(world, incident) == before


def test_words_that_changed_since_they_were_shown_are_not_approved(case: tuple[World, Incident]) -> None:
    world, incident = case
    fills(world, incident)
    up_to_approval(world, incident)
    shown = statement(world, incident).digest
    assert states(world, incident, "open", "检测何时有结果") is None
    refused = approves(world, incident, shown)
    assert refused is not None
    assert refused.code == "statement_refused_changed"
    assert step(world, incident).state is StepState.TODO


@pytest.mark.parametrize(
    ("blank", "text"),
    [("known", "是用户使用不当"), ("contact", ""), ("doing", "已联系王女士，电话 13812345678")],
)
def test_what_must_change_stands_against_the_approval(
    case: tuple[World, Incident], blank: str, text: str
) -> None:
    world, incident = case
    fills(world, incident)
    up_to_approval(world, incident)
    if text:
        assert states(world, incident, blank, text) is None
    else:
        gu = world.access("gu")
        assert world.acts.withdraw_fact(gu, incident.id, blank, "换号", Via.DESK, world.now) is None
    refused = approves(world, incident, statement(world, incident).digest)
    assert refused is not None
    assert refused.code == "statement_refused_findings"


def test_no_approval_before_legal_has_read_it(case: tuple[World, Incident]) -> None:
    world, incident = case
    fills(world, incident)
    refused = approves(world, incident, statement(world, incident).digest)
    assert refused is not None
    assert refused.code == "step_refused_after"


def test_the_step_is_not_done_by_words_about_an_approval(case: tuple[World, Incident]) -> None:
    world, incident = case
    fills(world, incident)
    up_to_approval(world, incident)
    wang = world.access("wang")
    for via in (Via.DESK, Via.SLACK):
        refused = world.acts.step_done(wang, incident.id, "approve_statement", SAID, via, world.now)
        assert refused is not None
        assert refused.code == "step_refused_statement"
    assert step(world, incident).state is StepState.TODO
    with world.parts.storage.look() as uow:
        assert STATEMENT in {c.name for c in uow.clocks.of_incident(incident.id) if c.stopped_at is None}
    assert approves(world, incident, statement(world, incident).digest) is None
    again = world.acts.step_done(wang, incident.id, "approve_statement", SAID, Via.DESK, world.now)
    assert again is None  # done already


def test_a_fact_without_source_or_of_an_unknown_blank_is_refused(case: tuple[World, Incident]) -> None:
    world, incident = case
    for refused in (
        states(world, incident, "known", "三个批次", source=" "),
        states(world, incident, "known", "三个批次", said_by=""),
        states(world, incident, "motto", "三个批次"),
    ):
        assert refused is not None
    assert "incident_fact" not in kinds(world, incident)


def test_a_stranger_states_nothing(case: tuple[World, Incident]) -> None:
    world, incident = case
    fact = StatementFact("known", "x", "y", "z", "wang", world.now)
    access = type(world.access("wang"))("wang", frozenset({"tea"}))
    assert world.acts.state_fact(access, incident.id, fact, Via.DESK, world.now) is not None
    world.clock.advance(timedelta(minutes=1))
    assert "incident_fact" not in kinds(world, incident)


def test_a_word_older_than_the_words_approves_nothing(case: tuple[World, Incident]) -> None:
    world, incident = case
    fills(world, incident)
    up_to_approval(world, incident)
    asked, wang = world.now, world.access("wang")
    world.run(minutes=5)
    assert states(world, incident, "next", "3 月 10 日 20:00") is None
    digest = statement(world, incident).digest
    refused = world.acts.approve_statement(wang, incident.id, digest, word(asked), Via.DESK, world.now)
    assert refused is not None
    assert refused.code == "statement_refused_older"
    assert "最后一次改动" in say(refused, "zh")
    assert step(world, incident).state is StepState.TODO
    minute = world.now.replace(second=0, microsecond=0)  # as a form sends it
    assert world.acts.approve_statement(wang, incident.id, digest, word(minute), Via.DESK, world.now) is None


def test_a_public_step_done_since_makes_the_word_older_too(case: tuple[World, Incident]) -> None:
    world, incident = case
    fills(world, incident)
    up_to_approval(world, incident)
    asked, wang = world.now, world.access("wang")
    world.run(minutes=5)
    said = StepWord(word(asked), Stopped.YES, incident.opened_at)  # paused before, recorded after
    done = world.acts.step_done(wang, incident.id, "pause_campaign", said, Via.DESK, world.now)
    assert done is None
    digest = statement(world, incident).digest
    refused = world.acts.approve_statement(wang, incident.id, digest, word(asked), Via.DESK, world.now)
    assert refused is not None
    assert refused.code == "statement_refused_older"


def test_what_was_only_said_on_the_telephone_approves_nothing(case: tuple[World, Incident]) -> None:
    world, incident = case
    fills(world, incident)
    up_to_approval(world, incident)
    digest, said = statement(world, incident).digest, replace(word(world.now), medium=Medium.PHONE)
    wang = world.access("wang")
    refused = world.acts.approve_statement(wang, incident.id, digest, said, Via.DESK, world.now)
    assert refused is not None
    assert "电话里的同意不算" in say(refused, "zh")
