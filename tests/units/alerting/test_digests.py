"""The one message after quiet hours: what it says, whom it names, what can be done from it."""

from dataclasses import replace

from alerting import handling
from alerting.cards import LABEL, LINE, TEXT, CardView, Letterhead
from alerting.digests import INCIDENTS, SAYINGS, WHOLE, DigestView, Told, digest
from alerting.rules import Verdict
from tests.units.alerting.cast import MINUTE, NOW, PEOPLE, ZONE, act, done, opened, step
from wanglou.domain.delivery import Delivery, DeliveryKind, DeliveryState, Message
from wanglou.domain.incident import Incident
from wanglou.domain.plan import Plan, Step
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic

DESK = Letterhead("https://desk.example.test/", ZONE, PEOPLE)
RUMOUR = Verdict("rule", Severity.YELLOW, Topic.RUMOUR)
OUTAGE = Verdict("rule", Severity.BLUE, Topic.OUTAGE)


def held(incident: Incident, recipient: str = "team", text: str = "夜里又来了三条", **facts: str) -> Delivery:
    return Delivery(
        id=f"{incident.id}-{recipient}-{text}",
        incident=incident.id,
        client="lock",
        change=f"note-{text}",
        recipient=recipient,
        channel="slack:#anyu-watch",
        kind=DeliveryKind.REPLY,
        priority=22,
        saying=Reason("incident_note", {"who": "陈默", "text": text}),
        facts=facts,
        created_at=NOW,
        next_at=NOW + 60 * MINUTE,
        state=DeliveryState.BUNDLED,
    )


def told(incident: Incident, *rows: Delivery, steps: tuple[Step, ...] = ()) -> Told:
    plan = Plan(incident.id, "book", "预案", "digest", NOW, steps) if steps else None
    return Told(CardView(incident, "安屿智能家居", (), plan, 3, NOW + 60 * MINUTE), rows or (held(incident),))


def message(*parts: Told, language: str = "zh") -> Message:
    row = replace(parts[0].held[0], kind=DeliveryKind.DIGEST, change="quiet:x")
    return digest(row, DigestView("lock", "安屿智能家居", parts, NOW), DESK, language)


def numbered(number: int, verdict: Verdict = RUMOUR) -> Incident:
    return replace(opened(verdict), id=f"i{number}", number=number)


def test_each_incident_is_told_as_it_stands_with_what_was_said_the_gravest_first() -> None:
    shown = message(told(numbered(2, OUTAGE)), told(numbered(1)))
    assert [line.splitlines()[0] for line in shown.card.lines] == [
        "Ⅲ 黄 · 谣言 · #1 安屿 · 待认领",
        "Ⅳ 蓝 · 服务中断 · #2 安屿 · 待认领",
    ]
    assert "周六 14:00 陈默：夜里又来了三条" in shown.card.lines[0]
    assert shown.card.title == "安屿智能家居：免打扰时段结束，2 起事件"
    assert shown.card.link == "https://desk.example.test/?client=lock"
    assert shown.parent is None


def test_it_reads_in_english_for_who_reads_english() -> None:
    shown = message(told(numbered(1)), language="en")
    assert "quiet hours are over" in shown.card.title


def test_persons_are_named_once_by_their_id_in_the_channel() -> None:
    one, two = numbered(1), numbered(2, OUTAGE)
    shown = message(told(one, held(one, "wang"), held(one, "zhao")), told(two, held(two, "wang", "又一条")))
    assert shown.mentions == ("U2",)  # zhao has no account in this chat


def test_what_nobody_took_can_be_taken_and_what_was_handed_out_can_be_done() -> None:
    one, two = numbered(1), numbered(2, OUTAGE)
    mine = step(told_at=NOW, person="wang")
    gated = step("gated", told_at=NOW, needs="client_consent")
    shown = message(
        told(one, held(one, "wang", steps="pause_campaign+gated"), steps=(mine, gated)),
        told(replace(two, acknowledged_at=NOW, acknowledged_by="chen")),
    )
    assert [(b.act, b.value) for b in shown.buttons] == [
        ("acknowledge", "i1"),
        ("step_done", "i1|pause_campaign"),
    ]
    assert all(len(b.label) <= LABEL for b in shown.buttons)


def test_an_incident_that_ended_in_the_night_is_told_and_offers_nothing() -> None:
    answer = handling.dismiss(numbered(1), act(PEOPLE["chen"]), handling.Dismissal.FALSE_POSITIVE)
    shown = message(told(done(answer).incident))
    assert "已排除" in shown.card.lines[0]
    assert shown.buttons == ()


def test_a_long_night_stays_within_a_message_and_says_what_it_leaves_out() -> None:
    many = [numbered(n) for n in range(1, INCIDENTS + 4)]
    loud = told(many[0], *(held(many[0], text=f"第 {n} 条 {'很长' * 200}") for n in range(SAYINGS + 3)))
    shown = message(loud, *(told(i) for i in many[1:]))
    assert len(shown.card.lines) == INCIDENTS + 1
    assert "3 起" in shown.card.lines[-1]
    assert all(len(line) <= LINE for line in shown.card.lines)
    assert sum(map(len, shown.card.lines)) <= WHOLE + LINE
    assert f"第 {SAYINGS + 2} 条" in message(loud).card.lines[0]  # the newest is not what is cut off
    assert len(shown.text) <= TEXT
