"""Slack, through slack-sdk: one card an incident, edited to its present state; events reply below it.

Limits are those Slack documents (blocks reference, 2026-11): texts are cut at whole characters.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPException
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse, WebClient

from wanglou.domain.delivery import Card, DeliveryKind, Later, Message, Never, Outcome, Sent
from wanglou.domain.reason import Reason

HEADER, SECTION, FIELD, FIELDS, BUTTON, VALUE, BUTTONS = 150, 3000, 2000, 10, 75, 2000, 25
TEXT = 4000
EVENT = "wanglou_delivery"
TIMEOUT_SECONDS = 10
TOO_MANY = 429
CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,}")
PERSON_ID = re.compile(r"[UW][A-Z0-9]{7,}")
LIST_PAGES = 20
SLOW_DOWN_SECONDS = 30
"""How long to wait where Slack asks to slow down and does not say for how long."""

LONGEST_WAIT_SECONDS = 3600
"""Slack's own waits are of seconds; a longer one is a mistake on the way."""

CARD_GONE = frozenset({"cant_update_message", "edit_window_closed", "message_not_found"})
"""Answers to an edit after which only a new card can tell."""

FINAL = frozenset(
    {
        "account_inactive",
        "channel_not_found",
        "invalid_auth",
        "invalid_blocks",
        "is_archived",
        "missing_scope",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_permission",
        "not_authed",
        "not_in_channel",
        "restricted_action",
        "token_expired",
        "token_revoked",
    }
)
"""Answers that stay the same until a person changes something."""


class UnreadableAnswerError(Exception):
    """Something answered in Slack's place, or Slack left out what it always says."""


@dataclass(frozen=True, slots=True)
class SlackNotifier:
    """Posts, edits and replies. A message's provider id is ``channel id/timestamp``."""

    client: WebClient

    def send(self, message: Message) -> Outcome:
        """Send; after an unclear earlier try, first look whether it arrived."""
        try:
            return Sent(self._place(message))
        except SlackApiError as error:
            return _outcome(error.response)
        except UnreadableAnswerError as error:
            return Later(Reason("slack_failed", {"error": str(error)[:200]}))
        except (SlackClientError, OSError, HTTPException) as error:
            return Later(Reason("slack_unreachable", {"found": str(error)[:200]}))

    def _place(self, message: Message) -> str:
        if message.kind is DeliveryKind.CARD_UPDATE and message.parent:
            edited = self._edited(message, *message.parent.split("/", 1))
            if edited:
                return edited
        arrived = self._asked(message) if message.attempt > 1 else None
        return arrived or self._post(message)

    def _asked(self, message: Message) -> str | None:
        """Where an earlier try arrived; None too where we may not read: twice is better than never."""
        try:
            return self._arrived(message)
        except SlackApiError as error:
            if _error(error.response) == "missing_scope":
                return None
            raise

    def _edited(self, message: Message, channel: str, ts: str) -> str | None:
        """Edit the card; None where somebody deleted it, or it may not be edited any more."""
        said = {"text": _notice(message), "blocks": card_blocks(message)}
        try:
            return _provider_id(_called(self.client.chat_update, channel=channel, ts=ts, **said))
        except SlackApiError as error:
            if _error(error.response) in CARD_GONE:
                return None
            raise

    def _post(self, message: Message) -> str:
        thread = _thread(message)
        answer = _called(
            self.client.chat_postMessage,
            channel=thread[0] if thread else message.address,
            thread_ts=thread[1] if thread else None,
            text=_notice(message),
            blocks=reply_blocks(message) if thread else card_blocks(message),
            metadata={"event_type": EVENT, "event_payload": {"delivery": message.delivery}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return _provider_id(answer)

    def _arrived(self, message: Message) -> str | None:
        """Find our own message by its metadata: the answer to an earlier try may have been lost."""
        thread = _thread(message)
        channel = thread[0] if thread else self._channel_id(message.address)
        if channel is None:
            return None
        oldest = f"{(message.created_at - timedelta(minutes=1)).timestamp():.6f}"
        if thread:
            read, of = self.client.conversations_replies, {"ts": thread[1]}
        else:
            read, of = self.client.conversations_history, {}
        answer = _called(read, channel=channel, oldest=oldest, include_all_metadata=True, limit=200, **of)
        for found in _listed(answer, "messages"):
            payload = _object(_object(found.get("metadata")).get("event_payload"))
            if payload.get("delivery") == message.delivery and found.get("ts"):
                return f"{channel}/{found['ts']}"
        return None

    def _channel_id(self, address: str) -> str | None:
        """The id behind ``#name`` or a person: posting takes them, reading back does not."""
        if CHANNEL_ID.fullmatch(address):
            return address
        if PERSON_ID.fullmatch(address):
            opened = _object(_called(self.client.conversations_open, users=address)["channel"])
            return _said(opened, "id")
        cursor = ""
        for _ in range(LIST_PAGES):
            answer = _called(
                self.client.conversations_list,
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=1000,
                cursor=cursor,
            )
            for channel in _listed(answer, "channels"):
                if channel.get("name") == address.removeprefix("#"):
                    return _said(channel, "id")
            cursor = str(_object(answer.get("response_metadata")).get("next_cursor") or "")
            if not cursor:
                break
        return None


def card_blocks(message: Message) -> list[dict[str, Any]]:
    """The incident's card: severity and title, facts, reasons, what can be done."""
    card = message.card
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": _plain(_marked(message, card.title), HEADER)},
        *_facts(card),
        *_sections(card.lines),
        _actions(message),
    ]
    return blocks


def reply_blocks(message: Message) -> list[dict[str, Any]]:
    """An event below the card: its sentence, and the buttons for it."""
    return [*_sections([_addressed(message)], escaped=True), _actions(message)]


def escape(text: str) -> str:
    """Slack's three control characters, so that a stranger's words stay words."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _facts(card: Card) -> list[dict[str, Any]]:
    fields = [_mrkdwn(f"*{escape(name)}*\n{escape(value)}", FIELD) for name, value in card.fields[:FIELDS]]
    return [{"type": "section", "fields": fields}] if fields else []


def _sections(lines: Iterable[str], *, escaped: bool = False) -> list[dict[str, Any]]:
    text = "\n".join(line if escaped else escape(line) for line in lines if line.strip())
    return [{"type": "section", "text": _mrkdwn(text, SECTION)}] if text else []


def _actions(message: Message) -> dict[str, Any]:
    elements: list[dict[str, Any]] = [
        {
            "type": "button",
            "action_id": f"{button.act}:{place}",
            "text": _plain(button.label, BUTTON),
            "value": button.value[:VALUE],
        }
        for place, button in enumerate(message.buttons[: BUTTONS - 1])
    ]
    link = {"type": "button", "action_id": "open_desk", "text": _plain("值班台 Desk", BUTTON)}
    return {"type": "actions", "elements": [*elements, {**link, "url": message.card.link}]}


def _notice(message: Message) -> str:
    return _addressed(message)[:TEXT]


def _addressed(message: Message) -> str:
    text = escape(_marked(message, message.text))
    return " ".join([*(f"<@{one}>" for one in message.mentions), text])


def _marked(message: Message, text: str) -> str:
    return f"【演练】{text}" if message.rehearsal else text


def _thread(message: Message) -> tuple[str, str] | None:
    if message.kind is not DeliveryKind.REPLY or not message.parent:
        return None
    channel, ts = message.parent.split("/", 1)
    return channel, ts


def _plain(text: str, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": text[:limit], "emoji": True}


def _mrkdwn(text: str, limit: int) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text if len(text) <= limit else f"{text[: limit - 1]}…"}


def _called(method: Callable[..., SlackResponse], **arguments: Any) -> SlackResponse:
    """Slack's answer, an object. Raises UnreadableAnswerError: slack-sdk takes any JSON for one."""
    try:
        answer = method(**arguments)
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise UnreadableAnswerError(f"{type(error).__name__} in the answer") from error
    if not isinstance(answer.data, dict):
        raise UnreadableAnswerError("the answer is no JSON object")
    return answer


def _said(answer: Any, name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value:
        raise UnreadableAnswerError(f"the answer names no {name}")
    return value


def _listed(answer: SlackResponse, name: str) -> list[dict[str, Any]]:
    found = answer.get(name)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _provider_id(answer: SlackResponse) -> str:
    return f"{_said(answer, 'channel')}/{_said(answer, 'ts')}"


def _error(response: Any) -> str:
    if isinstance(response.data, dict):
        return str(response.data.get("error") or f"HTTP {response.status_code}")
    return f"HTTP {response.status_code}, no JSON object"


def _wait(asked: str | None) -> int:
    """Whole seconds of a ``Retry-After``, whatever a server between wrote into it."""
    try:
        seconds = math.ceil(float(asked or ""))
    except (ValueError, OverflowError):
        return SLOW_DOWN_SECONDS
    return min(max(seconds, 0), LONGEST_WAIT_SECONDS)


def _outcome(response: Any) -> Outcome:
    error = _error(response)
    if response.status_code == TOO_MANY or error in {"ratelimited", "rate_limited"}:
        seconds = _wait(response.headers.get("Retry-After"))
        return Later(Reason("slack_rate_limited", {"seconds": seconds}), timedelta(seconds=seconds))
    if error in FINAL:
        return Never(Reason("slack_refused", {"error": error}))
    return Later(Reason("slack_failed", {"error": error}))


def build(secrets: Mapping[str, str], settings: Mapping[str, str]) -> SlackNotifier:
    """``secrets['slack']``: a bot token; ``settings['base_url']``: another server speaking the same API."""
    token = secrets.get("slack")
    if not token:
        raise ValueError("slack needs a bot token: name its variable in agency.yaml under secrets.slack")
    base = settings.get("base_url", WebClient.BASE_URL)
    # No retry handlers: the default one can post twice when an answer is lost; the outbox retries.
    return SlackNotifier(WebClient(token=token, base_url=base, timeout=TIMEOUT_SECONDS, retry_handlers=[]))


PLUGIN = build
