"""The Slack notifier against a server that holds it to Slack's rules."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI, Response
from hypothesis import given
from hypothesis import strategies as st

from alerting.notifiers.slack import PLUGIN, SlackNotifier, card_blocks, reply_blocks
from desk.clocks import SimulatedClock
from desk.rehearsal.serving import serving
from desk.rehearsal.slack import Fault, SlackContract, slack_app
from desk.rehearsal.slack_rules import faults
from tests.stories.processes import PATIENCE
from wanglou.domain.delivery import Button, Card, DeliveryKind, Later, Message, Never, Sent

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
CHANNEL = "C0000ANYU"


@pytest.fixture
def contract() -> SlackContract:
    return SlackContract("xoxb-test", "signing", SimulatedClock(NOW), {"anyu-watch": CHANNEL})


@pytest.fixture
def slack(contract: SlackContract) -> Iterator[SlackNotifier]:
    with serving(slack_app(contract), "chat") as origin:
        notifier = PLUGIN({"slack": contract.token}, {"base_url": f"{origin}/api/"})
        assert isinstance(notifier, SlackNotifier)
        yield notifier


def message(**changes: object) -> Message:
    card = Card(
        incident="i1",
        title="Ⅱ 橙 · 安屿智能家居 · 虚假宣传",
        severity_label="Ⅱ 橙",
        severity_colour="orange",
        fields=(("状态", "研判"), ("认领", "尚无")),
        lines=("1 小时内 46 条，其中 38 条负面",),
        link="http://127.0.0.1:8080/incidents/i1",
    )
    plain = Message(
        delivery="d1",
        kind=DeliveryKind.CARD,
        address="#anyu-watch",
        text="安屿智能家居：新事件",
        card=card,
        buttons=(Button("acknowledge", "认领", "i1"),),
        parent=None,
        attempt=1,
        created_at=NOW,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # the tests name existing fields


def test_a_card_arrives_with_its_title_facts_and_buttons(
    slack: SlackNotifier, contract: SlackContract
) -> None:
    outcome = slack.send(message())
    [post] = contract.posts
    assert outcome == Sent(f"{CHANNEL}/{post.ts}")
    assert "安屿智能家居" in str(post.blocks)
    assert "认领" in str(post.blocks)
    assert contract.refusals == []


def test_a_reply_goes_below_the_card_and_an_update_edits_it(
    slack: SlackNotifier, contract: SlackContract
) -> None:
    card = slack.send(message())
    assert isinstance(card, Sent)
    slack.send(message(delivery="d2", kind=DeliveryKind.REPLY, parent=card.provider_id, mentions=("U1",)))
    slack.send(message(delivery="d3", kind=DeliveryKind.CARD_UPDATE, parent=card.provider_id, buttons=()))
    first, reply = contract.posts
    assert reply.thread == first.ts
    assert "<@U1>" in reply.text
    assert first.edits == 1
    assert "acknowledge" not in str(first.blocks)


def test_the_page_of_the_chat_calls_people_by_their_names(contract: SlackContract) -> None:
    contract.people["U1"] = "陈默 <值班>"
    with serving(slack_app(contract), "chat") as origin:
        notifier = PLUGIN({"slack": contract.token}, {"base_url": f"{origin}/api/"})
        card = notifier.send(message())
        assert isinstance(card, Sent)
        reply = message(
            delivery="d2", kind=DeliveryKind.REPLY, parent=card.provider_id, mentions=("U1", "U2")
        )
        notifier.send(reply)
        page = httpx.get(f"{origin}/", timeout=PATIENCE).text
    assert "@陈默 &lt;值班&gt;" in page
    assert "U1" not in page
    assert "&lt;@U2&gt;" in page, "whoever has no name here keeps the id"


def test_an_answer_lost_after_posting_does_not_make_a_second_message(
    slack: SlackNotifier, contract: SlackContract
) -> None:
    contract.faults.append(Fault.ACCEPT_THEN_FAIL)
    assert isinstance(slack.send(message()), Later)
    again = slack.send(message(attempt=2))
    assert isinstance(again, Sent)
    assert len(contract.posts) == 1


def test_a_lost_answer_below_a_card_is_found_in_the_thread(
    slack: SlackNotifier, contract: SlackContract
) -> None:
    card = slack.send(message())
    assert isinstance(card, Sent)
    contract.faults.append(Fault.ACCEPT_THEN_FAIL)
    reply = message(delivery="d2", kind=DeliveryKind.REPLY, parent=card.provider_id)
    slack.send(reply)
    assert isinstance(slack.send(replace(reply, attempt=2)), Sent)
    assert len(contract.posts) == 2


def test_being_told_to_slow_down_waits_as_long_as_asked(
    slack: SlackNotifier, contract: SlackContract
) -> None:
    contract.faults.append(Fault.RATE_LIMITED)
    outcome = slack.send(message())
    assert isinstance(outcome, Later)
    assert outcome.after == timedelta(seconds=30)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [("1.5", 2), ("0", 0), ("-3", 0), ("soon", 30), ("", 30), ("nan", 30), ("inf", 30), ("1e9", 3600)],
)
def test_however_the_wait_is_written_it_is_a_wait(
    slack: SlackNotifier, contract: SlackContract, asked: str, seconds: int
) -> None:
    contract.retry_after = asked
    contract.faults.append(Fault.RATE_LIMITED)
    outcome = slack.send(message())
    assert isinstance(outcome, Later)
    assert outcome.after == timedelta(seconds=seconds)


ODD_BODIES = (
    "[]",
    "[1]",
    "null",
    '"ok"',
    "1",
    "<html>",
    "",
    '{"ok":true}',
    '{"ok":true,"channel":null,"ts":null}',
    '{"ok":true,"channel":{"id":"C1"},"ts":7}',
    '{"ok":true,"channel":"C1"}',
    "[" * 100_000,
)


@pytest.mark.parametrize("status", [200, 429, 500])
def test_an_answer_that_is_not_slacks_is_never_taken_for_arrival(status: int) -> None:
    app, bodies = FastAPI(), [""]

    @app.post("/api/{method}")
    def answer(method: str) -> Response:
        del method
        return Response(bodies[-1], status_code=status, media_type="application/json")

    update = message(kind=DeliveryKind.CARD_UPDATE, parent="C0000ANYU/1.0")
    with serving(app, "chat") as origin:
        slack = PLUGIN({"slack": "xoxb-test"}, {"base_url": f"{origin}/api/"})
        for body in ODD_BODIES:
            bodies.append(body)
            for sent in (message(), update, message(attempt=2), message(attempt=2, address="U0000WANG")):
                assert isinstance(slack.send(sent), Later), body


def test_an_update_of_a_card_that_is_gone_puts_up_a_new_one(
    slack: SlackNotifier, contract: SlackContract
) -> None:
    card = slack.send(message())
    assert isinstance(card, Sent)
    contract.posts.clear()
    update = message(delivery="d2", kind=DeliveryKind.CARD_UPDATE, parent=card.provider_id)
    contract.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]  # a simulated clock
    fresh = slack.send(update)
    [post] = contract.posts
    assert fresh == Sent(f"{CHANNEL}/{post.ts}")
    assert fresh != card
    assert "acknowledge" in str(post.blocks)


@pytest.mark.parametrize("error", ["cant_update_message", "edit_window_closed", "message_not_found"])
def test_a_card_that_may_not_be_edited_is_put_up_anew_once(
    slack: SlackNotifier, contract: SlackContract, error: str
) -> None:
    card = slack.send(message())
    assert isinstance(card, Sent)
    contract.no_edits = error
    update = message(delivery="d2", kind=DeliveryKind.CARD_UPDATE, parent=card.provider_id)
    assert isinstance(slack.send(update), Sent)
    assert isinstance(slack.send(replace(update, attempt=2)), Sent)  # the answer to the first was lost
    assert len(contract.posts) == 2


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.ACCEPT_THEN_FAIL])
def test_a_failing_server_is_tried_again(slack: SlackNotifier, contract: SlackContract, fault: Fault) -> None:
    contract.faults.append(fault)
    assert isinstance(slack.send(message()), Later)


def test_a_channel_that_does_not_exist_is_given_up_with_the_reason(slack: SlackNotifier) -> None:
    outcome = slack.send(message(address="#nowhere"))
    assert isinstance(outcome, Never)
    assert outcome.because.facts["error"] == "channel_not_found"


def test_a_server_that_is_away_is_tried_again(contract: SlackContract) -> None:
    with serving(slack_app(contract), "chat") as origin:
        slack = PLUGIN({"slack": contract.token}, {"base_url": f"{origin}/api/"})
    assert isinstance(slack.send(message()), Later)


def test_a_wrong_token_is_given_up_and_never_shown(slack: SlackNotifier, contract: SlackContract) -> None:
    contract.token = "xoxb-changed"  # noqa: S105 -- a test's own
    outcome = slack.send(message())
    assert isinstance(outcome, Never)
    assert "xoxb" not in str(outcome)


def test_no_token_names_the_setting_to_write() -> None:
    with pytest.raises(ValueError, match=r"agency\.yaml"):
        PLUGIN({}, {})


def test_a_rehearsal_says_so_in_every_message(slack: SlackNotifier, contract: SlackContract) -> None:
    slack.send(message(rehearsal=True))
    assert "演练" in contract.posts[0].text
    assert "演练" in str(contract.posts[0].blocks[0])


texts = st.text(min_size=1, max_size=6000).filter(str.strip)


@given(title=texts, line=texts, name=texts, value=texts, label=texts)
def test_whatever_people_wrote_the_blocks_stay_within_slacks_limits(
    title: str, line: str, name: str, value: str, label: str
) -> None:
    card = replace(message().card, title=title, lines=(line, line), fields=((name, value),) * 14)
    sent = message(card=card, text=line, buttons=(Button("note", label, value),) * 30)
    assert faults(card_blocks(sent)) == []
    assert faults(reply_blocks(sent)) == []


@given(texts)
def test_a_strangers_words_cannot_mention_a_channel(text: str) -> None:
    blocks = str(reply_blocks(message(text=f"<!channel> {text}")))
    assert "<!channel>" not in blocks


def test_an_answer_lost_after_writing_to_a_person_does_not_make_a_second_message(
    slack: SlackNotifier, contract: SlackContract
) -> None:
    contract.faults.append(Fault.ACCEPT_THEN_FAIL)
    assert isinstance(slack.send(message(address=contract.person)), Later)
    again = slack.send(message(address=contract.person, attempt=2))
    assert again == Sent(f"{contract.direct}/{contract.posts[0].ts}")
    assert len(contract.posts) == 1


def test_where_we_may_not_read_back_a_message_is_rather_sent_twice_than_never(
    slack: SlackNotifier, contract: SlackContract
) -> None:
    contract.faults.append(Fault.MISSING_SCOPE)
    assert isinstance(slack.send(message(attempt=2)), Sent)
    assert len(contract.posts) == 1


def test_a_message_dropped_silently_looks_sent_so_only_a_person_proves_arrival(
    slack: SlackNotifier, contract: SlackContract
) -> None:
    """What the channel swallows without a word no sender can see: the ladder asks for an acknowledgement."""
    contract.faults.append(Fault.SILENT_DROP)
    assert isinstance(slack.send(message()), Sent)
    assert contract.posts == []
