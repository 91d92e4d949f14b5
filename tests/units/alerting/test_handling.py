"""What people do to an incident, and what they are refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerting import stating
from alerting.decision import Act, Decision
from alerting.handling import (
    ALL_CLOCKS,
    Dismissal,
    Wait,
    acknowledge,
    close,
    contain,
    dismiss,
    hold,
    lower_severity,
    note,
    raise_severity,
    reopen,
    resolve,
    resume,
    set_topic,
    step_done,
    step_skipped,
    take_ownership,
)
from alerting.incidents import join, open_house, record
from alerting.rules import Verdict
from alerting.stories import ANOTHER_OPENED, ANOTHER_STORY, noted_beside
from tests.units.alerting.cast import (
    CHEN,
    LI,
    MINUTE,
    NOW,
    ORANGE,
    PEOPLE,
    WANG,
    ZHAO,
    ZONE,
    act,
    done,
    opened,
    refusal,
    signal,
    step,
)
from wanglou.domain.clock import ACCOUNT_RESPONSE, DESK_ACKNOWLEDGE
from wanglou.domain.confirmation import Confirmation, Medium
from wanglou.domain.delivery import DeliveryKind
from wanglou.domain.incident import Incident, IncidentState, TimelineEntry, Via
from wanglou.domain.likeness import Likeness
from wanglou.domain.person import Person
from wanglou.domain.reason import Reason, Value
from wanglou.domain.refusal import Refused
from wanglou.domain.severity import Severity
from wanglou.domain.statement import StatementFact
from wanglou.domain.topic import Topic
from wanglou.wording import LANGUAGES, say

Verb = Callable[[Incident, Act], Decision | Refused]

FACT = StatementFact("known", "只涉及 S3 批次", "质检邮件", "陈经理", "wang", NOW)
WORD = Confirmation("陈经理", Medium.PHONE, NOW, "可以结束了")

WORK: dict[str, Verb] = {
    "acknowledge": acknowledge,
    "take_ownership": take_ownership,
    "lower": lambda i, a: lower_severity(i, a, Severity.BLUE, "已核实为旧闻"),
    "step_done": lambda i, a: step_done(i, a, step(result="见附件")),
    "step_skipped": lambda i, a: step_skipped(i, a, step(result="客户未投放")),
    "approve_statement": lambda i, a: stating.approve(i, a, "我们已暂停投放。", "sha", WORD),
    "state_fact": lambda i, a: stating.state(i, a, FACT),
    "contain": lambda i, a: contain(i, a, "声量连续两小时下降"),
    "resolve": lambda i, a: resolve(i, a, confirmation=WORD),
    "dismiss": lambda i, a: dismiss(i, a, Dismissal.FALSE_POSITIVE),
}
RAISE: Verb = lambda i, a: raise_severity(i, a, Severity.RED, "上了热搜")  # noqa: E731 -- one of the table
NEEDS_DECIDER = {name: WORK[name] for name in ("lower", "contain", "resolve")}


def taken(by: str = "wang") -> Incident:
    return replace(
        opened(), acknowledged_at=NOW, acknowledged_by=by, owner=by, state=IncidentState.ACTIVE, version=2
    )


def ended(state: IncidentState = IncidentState.RESOLVED) -> Incident:
    return replace(taken(), state=state, open_key=None, ended_at=NOW)


@pytest.mark.parametrize("name", WORK)
def test_an_act_that_shows_someone_at_work_acknowledges(name: str) -> None:
    decision = done(WORK[name](opened(), act(WANG)))
    assert (decision.incident.acknowledged_by, decision.incident.owner) == ("wang", "wang")
    assert decision.incident.acknowledged_at == NOW + MINUTE
    assert decision.entries[0].kind == "incident_acknowledged"
    assert {DESK_ACKNOWLEDGE, ACCOUNT_RESPONSE} <= set(decision.stop_clocks)


@pytest.mark.parametrize("name", [*WORK, "raise"])
def test_an_act_on_an_ended_incident_is_refused_or_was_done_before(name: str) -> None:
    verb = {**WORK, "raise": RAISE}[name]
    assert refusal(verb(ended(IncidentState.CLOSED), act(LI))) == "incident_refused_ended"


@pytest.mark.parametrize("name", [*WORK, "raise"])
def test_what_is_told_and_recorded_can_be_said(name: str) -> None:
    decision = done({**WORK, "raise": RAISE}[name](opened(), act(LI)))
    said = [Reason(e.kind, e.facts) for e in decision.entries] + [t.saying for t in decision.tellings]
    assert all(say(reason, language) for reason in said for language in LANGUAGES)


def test_the_first_acknowledgement_stands_and_the_second_is_recorded() -> None:
    first = done(acknowledge(opened(), act(CHEN)))
    assert first.stop_clocks == (DESK_ACKNOWLEDGE,)
    assert first.incident.state is IncidentState.ACTIVE
    second = done(acknowledge(first.incident, act(WANG, after=2 * MINUTE)))
    assert (second.incident.acknowledged_by, second.incident.acknowledged_at) == ("chen", NOW + MINUTE)
    assert [e.kind for e in second.entries] == ["incident_acknowledged_again"]
    assert ACCOUNT_RESPONSE in second.stop_clocks
    assert second.tellings == ()


def test_a_button_pressed_twice_does_nothing_more() -> None:
    incident = taken()
    assert done(acknowledge(incident, act(WANG))) == Decision(incident)
    assert done(take_ownership(incident, act(WANG))) == Decision(incident)
    assert done(raise_severity(incident, act(CHEN), Severity.ORANGE)) == Decision(incident)
    assert done(lower_severity(incident, act(WANG), Severity.ORANGE, "")) == Decision(incident)


@pytest.mark.parametrize(
    ("verb", "state"),
    [
        (WORK["contain"], IncidentState.CONTAINED),
        (WORK["resolve"], IncidentState.RESOLVED),
        (WORK["dismiss"], IncidentState.DISMISSED),
        (lambda i, a: close(i, a, "先停投"), IncidentState.CLOSED),
    ],
)
def test_coming_to_a_state_twice_does_nothing_more(verb: Verb, state: IncidentState) -> None:
    incident = ended(state)
    assert done(verb(incident, act(WANG))) == Decision(incident)


def test_an_owner_who_takes_over_keeps_the_first_acknowledgement() -> None:
    decision = done(take_ownership(taken("chen"), act(WANG)))
    assert (decision.incident.owner, decision.incident.acknowledged_by) == ("wang", "chen")
    assert [t.kind for t in decision.tellings] == [DeliveryKind.CARD_UPDATE, DeliveryKind.REPLY]
    assert decision.tellings[-1].audience[0].who == "chen"  # who answered for it until now hears of it


TOPIC: Verb = lambda i, a: set_topic(i, a, Topic.DATA_LEAK, "客服确认是信息泄露", [])  # noqa: E731 -- as above


def test_the_topic_is_changed_with_a_reason_and_the_story_goes_by_it() -> None:
    incident = taken()
    decision = done(TOPIC(incident, act(WANG)))
    assert decision.incident.topic is Topic.DATA_LEAK
    assert decision.incident.open_key != incident.open_key
    assert decision.entries[-1].kind == "incident_topic_set"
    assert [t.kind for t in decision.tellings] == [DeliveryKind.REPLY, DeliveryKind.CARD_UPDATE]
    assert refusal(set_topic(incident, act(WANG), Topic.RUMOUR, " ", [])) == "incident_refused_no_reason"
    assert done(set_topic(incident, act(WANG), incident.topic, "", [])) == Decision(incident)


def test_the_topic_is_for_the_desk_and_those_who_answer_and_not_for_an_ended_incident() -> None:
    assert done(TOPIC(taken(), act(CHEN))).incident.topic is Topic.DATA_LEAK
    assert refusal(TOPIC(taken(), act(ZHAO))) == "incident_refused_role"
    assert refusal(TOPIC(ended(), act(WANG))) == "incident_refused_ended"


def test_two_open_incidents_never_share_a_topic() -> None:
    incident, other = taken(), replace(done(TOPIC(taken(), act(WANG))).incident, id="other", number=9)
    answer = set_topic(incident, act(WANG), Topic.DATA_LEAK, "同一件事", [other])
    assert refusal(answer) == "incident_refused_topic_twin"


def test_a_note_takes_nothing_in_hand() -> None:
    by_desk = done(note(opened(), act(CHEN), " 客户在开会 "))
    assert by_desk.incident.acknowledged_by is None
    assert (by_desk.entries[0].facts["text"], by_desk.stop_clocks) == ("客户在开会", ())
    assert done(note(opened(), act(WANG), "已致电客户")).stop_clocks == (ACCOUNT_RESPONSE,)
    assert refusal(note(opened(), act(WANG), "  ")) == "incident_refused_no_text"
    assert done(note(ended(), act(WANG), "事后补记")).entries


def test_anyone_may_raise_and_the_ladder_starts_again() -> None:
    decision = done(raise_severity(taken("chen"), act(ZHAO), Severity.RED))
    assert (decision.incident.severity, decision.incident.acknowledged_at) == (Severity.RED, None)
    assert decision.rose
    assert decision.stop_clocks == ()
    assert [t.change for t in decision.tellings] == ["raised:red:2", "updated:2"]
    assert say(decision.incident.because) == "赵晴 上调等级：Ⅱ 橙 → Ⅰ 红"


@pytest.mark.parametrize("person", ["chen", "wang", "li"])
def test_whoever_must_act_and_raises_knows_of_the_rise(person: str) -> None:
    decision = done(raise_severity(taken("chen"), act(PEOPLE[person]), Severity.RED, "上了热搜"))
    assert decision.incident.acknowledged_by == "chen"
    assert say(decision.incident.because).endswith("原因：上了热搜")


def test_raising_and_lowering_must_go_the_way_they_say() -> None:
    assert refusal(raise_severity(opened(), act(), Severity.BLUE)) == "incident_refused_not_graver"
    assert refusal(lower_severity(opened(), act(), Severity.RED, "x")) == "incident_refused_not_lesser"


@pytest.mark.parametrize("name", NEEDS_DECIDER)
@pytest.mark.parametrize("person", [CHEN, ZHAO], ids=lambda p: p.id)
def test_only_who_answers_to_the_client_decides(name: str, person: Person) -> None:
    assert refusal(NEEDS_DECIDER[name](opened(), act(person))) == "incident_refused_role"


def test_lowering_needs_a_reason() -> None:
    assert refusal(lower_severity(opened(), act(), Severity.BLUE, " ")) == "incident_refused_no_reason"


def test_containing_needs_what_shows_it() -> None:
    assert refusal(contain(taken(), act(), "")) == "incident_refused_no_reason"
    assert done(contain(taken(), act(), "降到平日水平")).incident.state is IncidentState.CONTAINED


def test_resolving_needs_the_clients_word_or_a_waiver() -> None:
    assert refusal(resolve(taken(), act())) == "incident_refused_unconfirmed"
    waived = done(resolve(taken(), act(), waiver="客户联系人失联，总监同意"))
    assert waived.entries[-1].kind == "incident_resolved_waived"
    ended_one = waived.incident
    assert (ended_one.state, ended_one.open_key, ended_one.ended_at) == (
        IncidentState.RESOLVED,
        None,
        NOW + MINUTE,
    )
    assert waived.stop_clocks == ALL_CLOCKS
    assert [t.kind for t in waived.tellings] == [DeliveryKind.REPLY, DeliveryKind.CARD_UPDATE]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"by": "  "}, "incident_refused_no_confirmer"),
        ({"words": " "}, "incident_refused_no_words"),
        ({"at": NOW + 2 * MINUTE}, "incident_refused_confirmed_later"),
        ({"at": NOW - 3 * 60 * MINUTE}, "incident_refused_confirmed_before"),
    ],
)
def test_a_word_that_lacks_a_field_or_cannot_be_ends_nothing(changes: dict[str, Any], code: str) -> None:
    assert refusal(resolve(taken(), act(), confirmation=replace(WORD, **changes))) == code


def test_the_record_says_who_confirmed_how_when_and_in_which_words() -> None:
    entry = done(resolve(taken(), act(), confirmation=WORD)).entries[-1]
    assert entry.facts == {
        "who": "王敏",
        "by": "陈经理",
        "medium": "phone",
        "at": NOW.isoformat(),
        "words": "可以结束了",
    }
    assert say(Reason(entry.kind, entry.facts), zone=ZONE) == (
        "王敏 宣布平息。客户方 陈经理 于周六 07-25 14:00 以电话确认，原话：可以结束了"
    )


def test_anyone_may_resolve_what_is_the_houses_own() -> None:
    blind = open_house("caijing", Severity.YELLOW, Reason("incident_closed"), 1, NOW).incident
    assert done(resolve(blind, act(CHEN), waiver="已修好")).incident.state is IncidentState.RESOLVED


def test_the_desk_may_dismiss_but_a_media_buyer_may_not() -> None:
    decision = done(dismiss(opened(), act(CHEN), Dismissal.KNOWN_CAMPAIGN, "新品首发"))
    assert say(Reason(decision.entries[-1].kind, decision.entries[-1].facts)) == (
        "陈默 排除事件：已知的营销活动。新品首发"
    )
    assert refusal(dismiss(opened(), act(ZHAO), Dismissal.DUPLICATE)) == "incident_refused_role"


@pytest.mark.parametrize("why", Dismissal)
def test_every_reason_to_dismiss_has_words(why: Dismissal) -> None:
    assert all(say(Reason(f"dismissal_{why}"), language) for language in LANGUAGES)


def test_closing_comes_after_resolving_and_leaves_something_learnt() -> None:
    assert refusal(close(taken(), act(), "x")) == "incident_refused_not_resolved"
    assert refusal(close(ended(), act(CHEN), "x")) == "incident_refused_role"
    assert refusal(close(ended(), act(), " ")) == "incident_refused_no_text"
    decision = done(close(ended(), act(), "审稿先问依据"))
    assert decision.incident.state is IncidentState.CLOSED
    assert decision.entries[0].facts["learnt"] == "审稿先问依据"


@pytest.mark.parametrize(
    "state", [IncidentState.RESOLVED, IncidentState.REVIEWED, IncidentState.CLOSED, IncidentState.DISMISSED]
)
def test_an_ended_incident_can_be_taken_up_again_under_its_number(state: IncidentState) -> None:
    again = done(reopen(replace(ended(state), owner=None), act(LI), "又上热搜", [], [])).incident
    assert (again.state, again.open_key, again.ended_at) == (
        IncidentState.ACTIVE,
        "lock|安屿|false_advert",
        None,
    )
    assert (again.owner, again.acknowledged_by, again.number) == ("li", "li", 7)


def test_reopening_is_refused_without_need_reason_or_room() -> None:
    assert refusal(reopen(taken(), act(), "x", [], [])) == "incident_refused_not_ended"
    assert refusal(reopen(ended(), act(), " ", [], [])) == "incident_refused_no_reason"
    other = opened(Verdict("rule", Severity.RED, Topic.RUMOUR))
    assert refusal(reopen(ended(), act(), "x", [other, opened()], [])) == "incident_refused_twin"


@pytest.mark.parametrize("kind", [ANOTHER_STORY, ANOTHER_OPENED])
def test_reopening_finds_room_beside_an_open_incident_that_the_record_tells_apart(kind: str) -> None:
    known = replace(opened(), number=3)
    told = record(ended(), NOW, kind, {"number": 3}, via=Via.DETECTOR)
    again = done(reopen(ended(), act(), "又有投诉", [known], [told])).incident
    assert again.open_key == f"{known.open_key}|2"
    unknown = replace(opened(), number=4)
    assert refusal(reopen(ended(), act(), "又有投诉", [unknown], [told])) == "incident_refused_twin"


@pytest.mark.parametrize("code", ["ended", "role", "not_resolved", "not_ended", "not_graver", "twin"])
def test_every_refusal_says_what_would_help(code: str) -> None:
    facts: dict[str, Value] = {"state": "resolved", "role": "media", "severity": "red", "number": 3}
    assert all(say(Reason(f"incident_refused_{code}", facts), language) for language in LANGUAGES)


def test_a_machine_with_a_slow_clock_does_not_turn_time_back() -> None:
    decision = done(acknowledge(opened(), act(WANG, after=-MINUTE)))
    assert decision.incident.acknowledged_at == NOW
    assert decision.entries[0].at == NOW


ACTS: tuple[Verb, ...] = (
    *WORK.values(),
    RAISE,
    lambda i, a: note(i, a, "x"),
    lambda i, a: close(i, a, "x"),
    lambda i, a: reopen(i, a, "x", [], []),
    lambda i, a: join(i, Verdict("rule", Severity.RED, Topic.OTHER), [signal()], a.at),
    lambda i, a: join(i, ORANGE, [signal()], a.at),
)


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(ACTS), st.sampled_from(sorted(PEOPLE)), st.integers(min_value=-5, max_value=30)
        ),
        max_size=12,
    )
)
def test_whatever_people_do_time_moves_on_and_the_key_says_whether_it_is_open(
    acts: list[tuple[Verb, str, int]],
) -> None:
    incident = opened()
    for verb, person, minutes in acts:
        before = incident
        answer = verb(incident, Act(PEOPLE[person], act().via, NOW + timedelta(minutes=minutes)))
        if isinstance(answer, Refused):
            continue
        incident = replace(answer.incident, version=before.version + 1)
        assert incident.changed_at >= before.changed_at
        assert all(before.changed_at <= entry.at <= incident.changed_at for entry in answer.entries)
        assert (incident.open_key is not None) == incident.state.is_open
        assert (incident.ended_at is None) == incident.state.is_open
        assert len({t.change for t in answer.tellings}) == len(answer.tellings)
        if incident.severity < before.severity:
            assert PEOPLE[person].role.value in {"account", "director"}


def on_hold(before: Incident, *, by: Person = WANG) -> Decision:
    until = max(NOW, before.changed_at) + timedelta(hours=4)
    return done(hold(before, act(by), Wait.CLIENT, until, "等回电"))


def calm() -> Incident:
    return done(contain(opened(), act(), "两小时没有新帖")).incident


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (opened(), IncidentState.ACTIVE),
        (done(acknowledge(opened(), act())).incident, IncidentState.ACTIVE),
        (calm(), IncidentState.CONTAINED),
        (replace(calm(), state=IncidentState.WATCHING), IncidentState.WATCHING),
    ],
    ids=["triage", "active", "contained", "watching"],
)
def test_a_hold_ends_where_it_began(before: Incident, after: IncidentState) -> None:
    held = on_hold(before)
    resumed = done(resume(held.incident, act(), "客户回电了", held.entries))

    assert resumed.incident.state is after
    for language in LANGUAGES:
        assert "客户回电了" in say(
            Reason(resumed.entries[-1].kind, resumed.entries[-1].facts), language, ZONE
        )


def test_a_hold_made_longer_still_ends_where_the_first_began() -> None:
    first = on_hold(calm())
    longer = on_hold(first.incident)
    resumed = done(resume(longer.incident, act(), "客户回电了", (*first.entries, *longer.entries)))
    assert resumed.incident.state is IncidentState.CONTAINED


def test_signals_that_came_while_it_waited_leave_nothing_contained() -> None:
    held = on_hold(calm())
    heard = join(held.incident, ORANGE, [signal()], NOW + 10 * MINUTE)
    resumed = done(resume(heard.incident, act(), "客户回电了", (*held.entries, *heard.entries)))
    assert resumed.incident.state is IncidentState.ACTIVE


def test_growth_alone_while_it_waited_undoes_nobodys_word() -> None:
    held = on_hold(calm())
    grown = join(held.incident, replace(ORANGE, severity=Severity.RED), [], NOW + 10 * MINUTE)
    assert grown.rose
    resumed = done(resume(grown.incident, act(), "客户回电了", (*held.entries, *grown.entries)))
    assert resumed.incident.state is IncidentState.CONTAINED


def test_another_story_that_came_while_it_waited_undoes_nobodys_word() -> None:
    held = on_hold(calm())
    other = replace(opened(), number=8)
    noted = noted_beside(held.incident, other, Likeness(20, 1, ("加密",)), NOW + 10 * MINUTE)
    resumed = done(resume(noted.incident, act(), "客户回电了", (*held.entries, *noted.entries)))
    assert resumed.incident.state is IncidentState.CONTAINED


def test_a_hold_of_an_earlier_version_ends_active() -> None:
    held = on_hold(calm())
    [entry] = held.entries
    old = {name: fact for name, fact in entry.facts.items() if name != "was"}
    was = TimelineEntry(entry.incident, entry.at, entry.actor, Via.DESK, entry.kind, old)
    assert done(resume(held.incident, act(), "客户回电了", [was])).incident.state is IncidentState.ACTIVE


@pytest.mark.parametrize("by", [CHEN, ZHAO])
def test_who_may_not_put_it_on_hold_may_not_end_the_hold(by: Person) -> None:
    held = on_hold(opened())
    assert refusal(resume(held.incident, act(by), "客户回电了", held.entries)) == "incident_refused_role"
    assert (
        done(resume(held.incident, act(LI), "客户回电了", held.entries)).incident.state
        is IncidentState.ACTIVE
    )


def test_anyone_goes_on_with_the_houses_own_incident() -> None:
    house = open_house("caijing", Severity.YELLOW, Reason("incident_by_hand", {}), 3, NOW).incident
    held = on_hold(house, by=CHEN)
    resumed = done(resume(held.incident, act(CHEN), "信源恢复了", held.entries))
    assert resumed.incident.state is IncidentState.ACTIVE


def test_a_hold_that_is_over_changes_nothing_when_it_is_ended_again() -> None:
    assert done(resume(opened(), act(CHEN), "", ())) == Decision(opened())
