"""A book becomes a plan, and steps are told, done or let go."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbooks.planner import due_to_tell, finish, new_and_changed, plan, skip, told, waits_for, widened
from playbooks.playbook import NoPlaybookError, choose
from wanglou.domain.client import Client
from wanglou.domain.incident import Incident, IncidentState
from wanglou.domain.person import Person, Role
from wanglou.domain.plan import BookStep, Plan, Playbook, Step, StepState
from wanglou.domain.reason import Reason
from wanglou.domain.refusal import Refused
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic
from wanglou.wording import LANGUAGES, say

NOW = datetime(2026, 7, 25, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WANG = Person("wang", "王敏", Role.ACCOUNT)
CLIENT = Client("lock", "安屿智能家居", (), team={"account": "wang", "media": "zhao"})
INCIDENT = Incident(
    id="i",
    number=1,
    client="lock",
    brand="安屿",
    topic=Topic.FALSE_ADVERT,
    severity=Severity.ORANGE,
    state=IncidentState.TRIAGE,
    open_key="lock|安屿|false_advert",
    because=Reason("incident_closed"),
    happened_at=NOW,
    opened_at=NOW,
    changed_at=NOW,
)


def line(
    id_: str, owner: str = "account", minutes: int = 30, *, needs: str | None = None, after: str = ""
) -> BookStep:
    return BookStep(id_, id_.title(), owner, minutes * MINUTE, "done", "", needs, tuple(after.split()))


def book(
    id_: str = "ad", topic: Topic | None = None, severity: Severity = Severity.BLUE, *steps: BookStep
) -> Playbook:
    return Playbook(id_, "预案", topic, severity, steps, "digest")


STEPS = (
    line("proof", "desk", 10),
    line("pause", needs="client_consent"),
    line("say", "pr", 60, after="proof pause"),
)


def planned(*steps: BookStep, client: Client | None = CLIENT) -> Plan:
    return plan(book("ad", None, Severity.BLUE, *(steps or STEPS)), INCIDENT, client, NOW + MINUTE)


def with_step(one: Plan, step: object) -> Plan:
    assert isinstance(step, Step), step
    return replace(one, steps=tuple(step if s.id == step.id else s for s in one.steps))


def refusal(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    assert all(say(answer.reason, language) for language in LANGUAGES)
    return answer.reason.code


def test_the_topics_own_book_goes_before_one_for_any() -> None:
    books = [book("any", None, Severity.ORANGE), book("ad", Topic.FALSE_ADVERT)]
    assert choose(books, Topic.FALSE_ADVERT, Severity.RED).id == "ad"
    assert choose(books, Topic.RUMOUR, Severity.RED).id == "any"


def test_of_two_books_the_one_for_the_graver_level_reached_is_followed() -> None:
    books = [book("small"), book("large", None, Severity.ORANGE), book("huge", None, Severity.RED)]
    assert choose(books, Topic.OTHER, Severity.ORANGE).id == "large"
    assert choose(books, Topic.OTHER, Severity.YELLOW).id == "small"


def test_no_book_is_an_error_that_says_which_file_to_write() -> None:
    with pytest.raises(NoPlaybookError, match=r"topic 'labour' at red; add playbooks/library/labour.yaml"):
        choose([book("ad", Topic.FALSE_ADVERT)], Topic.LABOUR, Severity.RED)


def test_steps_are_dated_from_the_opening_and_given_to_people() -> None:
    steps = planned().steps
    assert [s.due_at - NOW for s in steps] == [10 * MINUTE, 30 * MINUTE, 60 * MINUTE]
    assert [s.order for s in steps] == [1, 2, 3]
    assert [s.person for s in steps] == [None, "wang", "wang"]  # the desk's watch; no PR person in this team


def test_a_team_without_an_account_manager_leaves_the_step_open() -> None:
    assert planned(client=None).steps[1].person is None


def test_of_a_widened_plan_what_is_new_and_what_is_renewed_is_told_apart() -> None:
    before = with_step(planned(), finish(planned(), "proof", WANG, "存了", NOW))
    graver = book(
        "grave",
        None,
        Severity.RED,
        line("call", "pr"),
        line("proof", "desk", 5),
        STEPS[2],
        line("pause", minutes=5),
    )
    after = widened(before, graver, INCIDENT, CLIENT, NOW + MINUTE)
    new, changed = new_and_changed(before, after)
    assert [step.id for step in new] == ["call"]
    assert [step.id for step in changed] == ["pause"], "done stays done, and another place is no change"


def test_first_steps_are_told_at_once_and_the_next_when_their_turn_comes() -> None:
    one = planned()
    assert [s.id for s in due_to_tell(one, NOW)] == ["proof", "pause"]
    for step in due_to_tell(one, NOW):
        one = with_step(one, told(step, NOW))
    assert due_to_tell(one, NOW) == []
    one = with_step(one, finish(one, "proof", WANG, "", NOW))
    assert due_to_tell(one, NOW) == []
    one = with_step(one, skip(one, "pause", WANG, "客户未投放", NOW))
    assert [s.id for s in due_to_tell(one, NOW)] == ["say"]


def test_a_step_that_still_waits_is_told_when_its_time_has_come() -> None:
    assert "say" in {s.id for s in due_to_tell(planned(), NOW + 60 * MINUTE)}


def test_a_step_waits_for_what_comes_before_it() -> None:
    one = planned()
    assert [s.id for s in waits_for(one, one.steps[2])] == ["proof", "pause"]
    assert refusal(finish(one, "say", WANG, "ok", NOW)) == "step_refused_after"


def test_a_gate_opens_on_the_clients_consent_and_on_no_words_about_it() -> None:
    one = planned()
    assert refusal(finish(one, "pause", WANG, " ", NOW)) == "step_refused_consent"
    assert refusal(finish(one, "pause", WANG, "口头同意了", NOW)) == "step_refused_consent"
    done = finish(one, "pause", WANG, "截图已存", NOW, consented=True)
    assert isinstance(done, Step)
    assert (done.state, done.result, done.done_by, done.done_at) == (
        StepState.DONE,
        "截图已存",
        "wang",
        NOW,
    )


def test_skipping_needs_a_reason() -> None:
    assert refusal(skip(planned(), "pause", WANG, "", NOW)) == "step_refused_no_reason"


def test_an_act_that_comes_twice_changes_nothing_and_a_contrary_one_is_refused() -> None:
    one = planned()
    finished = with_step(one, finish(one, "proof", WANG, "", NOW))
    skipped = with_step(one, skip(one, "proof", WANG, "x", NOW))
    assert finish(finished, "proof", WANG, "", NOW) is None
    assert skip(skipped, "proof", WANG, "x", NOW) is None
    assert refusal(skip(finished, "proof", WANG, "x", NOW)) == "step_refused_ended"
    assert refusal(finish(skipped, "proof", WANG, "", NOW)) == "step_refused_ended"


@pytest.mark.parametrize("verb", [finish, skip])
def test_a_step_the_plan_does_not_have_is_refused(verb: object) -> None:
    act = finish if verb is finish else skip
    assert refusal(act(planned(), "dance", WANG, "x", NOW)) == "step_refused_unknown"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["proof", "pause", "say"]), st.booleans(), st.sampled_from(["", "同意"]))
    )
)
def test_whatever_is_tried_no_step_is_done_before_those_it_waits_for(
    acts: list[tuple[str, bool, str]],
) -> None:
    one = planned()
    for id_, skips, text in acts:
        answer = (skip if skips else finish)(one, id_, WANG, text, NOW)
        one = with_step(one, answer) if isinstance(answer, Step) else one
        steps = {s.id: s for s in one.steps}
        if steps["say"].state is StepState.DONE:
            assert StepState.TODO not in {steps["proof"].state, steps["pause"].state}
        if steps["pause"].state is StepState.DONE:
            assert steps["pause"].result
