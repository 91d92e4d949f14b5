"""The incident as one message: what people read and what they can do."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.cards import LABEL, LINE, TEXT, TITLE, CardView, Letterhead, language_of, message, shorten
from alerting.clocks import starting
from alerting.escalation import climb, steps_told
from alerting.incidents import join, open_incident
from alerting.routing import deliveries
from alerting.rules import Verdict
from tests.units.alerting.cast import (
    AGENCY,
    DIRECTORY,
    LIMITS,
    MINUTE,
    NOW,
    ORANGE,
    PEOPLE,
    ZONE,
    opened,
    signal,
    step,
)
from wanglou.domain.delivery import Delivery, DeliveryKind, Message
from wanglou.domain.incident import Incident, IncidentState
from wanglou.domain.plan import Plan, Step, StepState
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic

DESK = Letterhead("https://desk.example.test/", ZONE, PEOPLE)
CARD = deliveries(open_incident(ORANGE, [signal()], 7, NOW).tellings, opened(), DIRECTORY, NOW)[0]


def view(incident: Incident | None = None, *steps: Step, **changes: Any) -> CardView:
    one = incident or opened()
    plan = Plan(one.id, "misleading_ad", "广告争议处置预案", "", NOW, steps) if steps else None
    clocks = tuple(starting(one, LIMITS, AGENCY.calendar, NOW))
    plain = CardView(one, "安屿智能家居", clocks, plan, 1234, NOW + 3 * MINUTE)
    return replace(plain, **changes)


def card(seen: CardView, delivery: Delivery = CARD, language: str = "zh") -> Message:
    return message(delivery, seen, DESK, None, language)


def fields(seen: CardView, language: str = "zh") -> dict[str, str]:
    return dict(card(seen, language=language).card.fields)


def taken(incident: Incident) -> Incident:
    return replace(
        incident, acknowledged_at=NOW, acknowledged_by="wang", owner="wang", state=IncidentState.ACTIVE
    )


def test_the_title_says_how_grave_whose_and_what() -> None:
    assert card(view()).card.title == "Ⅱ 橙 · 安屿智能家居 · 虚假宣传"
    assert card(view(), language="en").card.title == "Ⅱ orange · 安屿智能家居 · misleading advertising"
    assert (card(view()).card.severity_colour, card(view()).card.severity_label) == ("orange", "Ⅱ 橙")


def test_an_open_question_is_who_takes_it_and_until_when() -> None:
    assert fields(view()) == {
        "事件": "#7 · 安屿",
        "状态": "待认领",
        "负责人": "待认领",
        "下一时限": "接单：还有 7 分钟（周六 14:10）",
        "证据": "1,234 条提及",
    }
    assert [(b.act, b.value) for b in card(view()).buttons] == [("acknowledge", opened().id)]


def test_the_owner_is_named_with_the_time_since_when() -> None:
    assert fields(view(taken(opened())))["负责人"] == "王敏（周六 14:00 认领）"
    assert fields(view(replace(opened(), owner="wang")))["负责人"] == "王敏"
    assert fields(view(replace(opened(), owner="gone")))["负责人"] == "gone"
    assert card(view(taken(opened()))).buttons == ()


@pytest.mark.parametrize(
    ("minutes", "says"),
    [
        (-90, "接单：还有 1 小时 40 分钟（周六 14:10）"),
        (10, "接单：已超时 0 分钟（周六 14:10）"),
        (75, "接单：已超时 1 小时 5 分钟（周六 14:10）"),
        (60 * 24 * 8, "接单：已超时 191 小时 50 分钟（周六 07-25 14:10）"),
    ],
)
def test_a_due_time_says_what_is_left_and_the_time_itself(minutes: int, says: str) -> None:
    assert fields(view(now=NOW + minutes * MINUTE))["下一时限"] == says


def test_an_ended_incident_has_nothing_due_and_nothing_to_press() -> None:
    seen = view(replace(opened(), state=IncidentState.RESOLVED), step(told_at=NOW))
    assert "下一时限" not in fields(seen)
    assert card(seen).buttons == ()


def test_without_clocks_and_steps_nothing_is_due() -> None:
    assert "下一时限" not in fields(view(clocks=()))


def test_a_told_step_is_shown_with_its_button_and_an_untold_one_is_not() -> None:
    seen = view(taken(opened()), step(told_at=NOW), step("b"), step("c", state=StepState.DONE), clocks=())
    shown = card(seen)
    assert fields(seen)["步骤"] == "1/3 已完成"
    assert fields(seen)["下一时限"] == "暂停争议广告投放：还有 27 分钟（周六 14:30）"
    assert shown.card.lines[-1] == "1. 暂停争议广告投放，周六 07-25 14:30 前：截图已存入时间线"
    assert [(b.act, b.value) for b in shown.buttons] == [("step_done", f"{opened().id}|pause_campaign")]


def test_a_gated_step_says_its_gate_and_has_no_button() -> None:
    shown = card(view(taken(opened()), step(told_at=NOW, needs="client_consent")))
    assert "须客户书面同意" in shown.card.lines[-1]
    assert shown.buttons == ()


def test_the_card_links_to_the_incidents_page() -> None:
    assert card(view()).card.link == f"https://desk.example.test/incidents/{opened().id}"


def test_what_was_seen_late_says_so_on_the_card() -> None:
    late = open_incident(ORANGE, [signal(ago=timedelta(hours=2))], 7, NOW).incident
    assert card(view(late)).card.lines[1] == "事情发生于周六 07-25 12:00，我们在周六 07-25 14:00 才看到"


def reply(tellings: Any, incident: Incident) -> Delivery:
    return deliveries(tellings, incident, DIRECTORY, NOW)[0]


def test_a_rise_says_from_what_to_what_and_why() -> None:
    decision = join(opened(), Verdict("hot", Severity.RED, Topic.OTHER), [signal("hot_board")], NOW)
    shown = card(view(decision.incident), reply(decision.tellings, decision.incident))
    assert shown.text.splitlines() == [
        "等级上调：Ⅱ 橙 → Ⅰ 红（规则「hot」），请重新认领",
        "hot_board 上报：0.5",
    ]
    assert [b.act for b in shown.buttons] == ["acknowledge"]


def test_a_reply_about_a_step_is_one_thing_to_do_with_its_button() -> None:
    mine, other = step(told_at=NOW), step("b", told_at=NOW, title="留证")
    decision = steps_told(opened(), [mine], NOW)
    shown = card(view(opened(), mine, other), reply(decision.tellings, opened()))
    assert shown.text.splitlines() == [
        "轮到客户经理：暂停争议广告投放（周六 07-25 14:30 前）",
        "怎样算完成：截图已存入时间线",
    ]
    assert [b.label for b in shown.buttons] == ["完成：暂停争议广告投放"]
    assert shown.card.link.endswith("#step-pause_campaign")


def test_a_reply_about_a_gated_step_leads_to_its_form() -> None:
    gated = step(told_at=NOW, needs="client_consent")
    shown = card(view(opened(), gated), reply(steps_told(opened(), [gated], NOW).tellings, opened()))
    assert "须客户书面同意，请在值班台填写" in shown.text
    assert shown.buttons == ()
    assert shown.card.link.endswith("#step-pause_campaign")


def test_an_escalated_person_is_called_by_their_id_in_the_channel() -> None:
    decision = climb(opened(), AGENCY.ladder, [], NOW + 10 * MINUTE)
    assert decision is not None
    rows = {d.channel: d for d in deliveries(decision.tellings, opened(), DIRECTORY, NOW)}
    assert card(view(), rows["slack:#anyu-watch"]).mentions == ("U2",)
    assert card(view(), rows["slack:U2"]).mentions == ()
    assert card(view(), rows["slack:U2"]).address == "U2"
    assert card(view(), rows["inbox:desk"]).mentions == ()


def test_a_person_reads_their_own_language_and_a_channel_the_houses() -> None:
    assert language_of(replace(CARD, recipient="zhao"), AGENCY) == "en"
    assert language_of(CARD, AGENCY) == "zh"


def test_the_message_keeps_what_the_outbox_knows() -> None:
    sent = message(
        replace(CARD, attempts=2, kind=DeliveryKind.CARD_UPDATE),
        view(),
        replace(DESK, rehearsal=True),
        "C1/2.3",
        "zh",
    )
    assert (sent.delivery, sent.attempt, sent.parent, sent.rehearsal) == (CARD.id, 2, "C1/2.3", True)
    assert sent.text.startswith("Ⅱ 橙")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=5000), st.sampled_from(["zh", "en"]), st.integers(min_value=0, max_value=12))
def test_no_text_is_longer_than_a_channel_takes(words: str, language: str, n: int) -> None:
    reason = Reason("incident_by_hand", {"who": words, "text": words})
    steps = [step(f"s{i}", title=words, done_when=words, told_at=NOW) for i in range(n)]
    incident = replace(opened(), because=reason, brand=words)
    shown = card(view(incident, *steps, client_name=words), language=language)
    assert len(shown.card.title) <= TITLE
    assert len(shown.text) <= TEXT
    assert all(len(line) <= LINE for line in shown.card.lines)
    assert all(len(name) + len(text) <= LINE for name, text in shown.card.fields)
    assert all(len(b.label) <= LABEL for b in shown.buttons)
    assert len(shown.buttons) <= 4


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_a_cut_is_marked(text: str, longest: int) -> None:
    cut = shorten(text, longest)
    assert len(cut) <= longest
    assert cut == text or cut.endswith("…")
