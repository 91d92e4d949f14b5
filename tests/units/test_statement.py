"""A drafted statement says what the record holds and nothing else."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbooks.statement import PUBLIC_STEPS, WITH_OWN_CARE, draft
from tests.pages_sample import NOW, incident, plan
from wanglou.domain.plan import STOPS, Plan, StepState
from wanglou.domain.statement import StatementFact
from wanglou.domain.topic import Topic
from wanglou.wording import LANGUAGES

ABSOLUTE_OR_BLAMING = (
    "绝无",
    "绝对",
    "百分之百",
    "个别",
    "如有不便",
    "谣言",
    "恶意",
    "使用不当",
    "虚假",
    "攻击",
)


STOPPED = dict.fromkeys(STOPS, NOW)


def with_states(*states: StepState) -> Plan:
    """A plan of the steps that may be spoken of, each in its state."""
    first = plan().steps[0]
    steps = (
        replace(
            first, id=id_, state=state, done_at=None if state is StepState.TODO else NOW, result="截图已存"
        )
        for id_, state in zip(PUBLIC_STEPS, states, strict=True)
    )
    return replace(plan(), steps=tuple(steps))


every_state = st.tuples(*(st.sampled_from(StepState) for _ in PUBLIC_STEPS))


@given(every_state)
def test_exactly_the_steps_that_are_done_are_claimed(states: tuple[StepState, ...]) -> None:
    claimed = {s.stands_on for s in draft(incident(), with_states(*states), stopped=STOPPED)} - {
        None,
        "incident",
    }
    assert claimed == {i for i, state in zip(PUBLIC_STEPS, states, strict=True) if state is StepState.DONE}


@given(every_state, st.sampled_from(Topic), st.sampled_from(LANGUAGES))
def test_every_unknown_fact_stays_a_visible_blank(
    states: tuple[StepState, ...], topic: Topic, language: str
) -> None:
    sentences = draft(incident(topic=topic), with_states(*states))
    text = "".join(s.text(language, UTC) for s in sentences)
    assert text.count("【") == text.count("】") == sum(len(s.blanks) for s in sentences)
    unknown = {name for s in sentences for name in s.blanks}
    assert unknown >= {"date", "since", "known", "open", "next", "contact"}


@pytest.mark.parametrize("topic", Topic)
def test_the_desks_name_for_the_trouble_is_not_put_into_the_clients_mouth(topic: Topic) -> None:
    text = "".join(s.text("zh", UTC) for s in draft(incident(topic=topic), None))
    assert not [word for word in ABSOLUTE_OR_BLAMING if word in text]


@given(every_state, st.sampled_from(Topic))
def test_nothing_absolute_and_no_blame_is_drafted(states: tuple[StepState, ...], topic: Topic) -> None:
    text = "".join(s.text("zh", UTC) for s in draft(incident(topic=topic), with_states(*states)))
    assert not [word for word in ABSOLUTE_OR_BLAMING if word in text]


def test_every_sentence_with_facts_says_what_it_stands_on() -> None:
    for sentence in draft(incident(), with_states(*[StepState.DONE] * len(PUBLIC_STEPS)), stopped=STOPPED):
        assert bool(sentence.facts) is (sentence.stands_on is not None)


def test_what_was_done_is_said_with_its_time() -> None:
    paused = replace(plan().steps[2], state=StepState.DONE, done_at=NOW, result="截图已存")
    began = NOW - timedelta(minutes=7)
    sentences = draft(incident(), replace(plan(), steps=(paused,)), stopped={paused.id: began})
    text = [s.text("zh", UTC) for s in sentences]
    assert any(f"{began:%m-%d %H:%M} 前，已暂停相关广告投放" in line for line in text)
    assert not any("正在采取的措施" in line for line in text)


@pytest.mark.parametrize("result", ["口头同意了", "客户没同意", "客户书面同意"])
@pytest.mark.parametrize("step", STOPS)
def test_consent_to_stopping_something_claims_not_that_it_stopped(step: str, result: str) -> None:
    agreed = replace(plan().steps[2], id=step, state=StepState.DONE, done_at=NOW, result=result)
    sentences = draft(incident(), replace(plan(), steps=(agreed,)))
    assert {s.stands_on for s in sentences} == {None, "incident"}
    todo = replace(agreed, state=StepState.TODO, done_at=None)
    sentences = draft(incident(), replace(plan(), steps=(todo,)), stopped=STOPPED)
    assert {s.stands_on for s in sentences} == {None, "incident"}


@pytest.mark.parametrize("result", [None, "", "  "])
@pytest.mark.parametrize("step", PUBLIC_STEPS)
def test_a_step_pressed_done_without_a_word_claims_nothing(step: str, result: str | None) -> None:
    pressed = replace(plan().steps[2], id=step, state=StepState.DONE, done_at=NOW, result=result)
    sentences = draft(incident(), replace(plan(), steps=(pressed,)))
    assert {s.stands_on for s in sentences} == {None, "incident"}
    assert "我们正在做：【待核实：正在采取的措施】。" in [s.text("zh", UTC) for s in sentences]


@pytest.mark.parametrize("done_plan", [None, plan()])
def test_while_nothing_public_is_done_the_measures_are_a_blank(done_plan: Plan | None) -> None:
    text = [s.text("zh", UTC) for s in draft(incident(), done_plan)]
    assert "我们正在做：【待核实：正在采取的措施】。" in text


def test_an_unclear_topic_is_a_blank_and_the_time_is_when_it_began() -> None:
    began = NOW - timedelta(hours=2)
    text = draft(incident(topic=Topic.OTHER), None, since=began)[1].text("zh", UTC)
    assert f"{began:%H:%M}" in text
    assert "【待核实：讨论的是什么事】" in text


@pytest.mark.parametrize("topic", [Topic.OTHER, Topic.OUTAGE])
def test_a_time_that_no_mention_gives_is_a_blank_and_never_one_of_our_own(topic: Topic) -> None:
    began = NOW - timedelta(hours=2)
    sentence = draft(incident(topic=topic, happened_at=began), None)[1]
    assert "since" in sentence.blanks
    for language in LANGUAGES:
        assert f"{began:%H:%M}" not in sentence.text(language, UTC)
    assert "【待核实：讨论从什么时候开始】起有关于" in sentence.text("zh", UTC)
    fact = StatementFact("since", "周一早上八点多", "首发帖", "林知远", "lin", NOW)
    assert "周一早上八点多起有关于" in draft(incident(topic=topic), None, {"since": fact})[1].text("zh", UTC)


def test_topics_speak_to_those_affected_in_their_own_words() -> None:
    said = {draft(incident(topic=topic), None)[2].text("zh", UTC) for topic in Topic}
    assert len(said) == len(WITH_OWN_CARE) + 1
