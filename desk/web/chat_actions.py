"""Buttons pressed in chat: the same acts as on the page, proven by Slack's signature.

Slack wants an answer within three seconds and asks again otherwise; every act may come twice. What
changed is shown by the outbox, which edits the card; only a refusal is answered to the one who pressed.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook import WebhookClient
from starlette.background import BackgroundTask

from desk.web.ports import DeskPorts
from wanglou.domain.incident import Via
from wanglou.domain.person import Person
from wanglou.domain.plan import StepWord
from wanglou.domain.reason import Reason
from wanglou.ports import Clock
from wanglou.wording import say

log = logging.getLogger(__name__)

MAX_BODY = 100_000
LONGEST_STAMP = 12
"""Digits of a time in seconds, for the next thirty thousand years."""

RESPONSE_ORIGIN = "https://hooks.slack.com/"
"""Where Slack takes answers for one reader; a response address elsewhere is not Slack's.

``settings.slack.response_origin`` names another server that speaks as Slack does, such as a rehearsal's.
"""


@dataclass(frozen=True, slots=True)
class Press:
    """A button somebody pressed: ``act`` and ``value`` as the card carried them."""

    user: str
    act: str
    value: str
    response_url: str


def slack_actions(desk: DeskPorts, signing_secret: str, response_origin: str = RESPONSE_ORIGIN) -> APIRouter:
    """The endpoint Slack calls when a button is pressed. Raises ValueError for an unfit origin."""
    router = APIRouter()
    answers_at = allowed_origin(response_origin)
    verifier = SignatureVerifier(signing_secret, _SameClock(desk.clock))

    @router.post("/chat/slack/actions")
    async def pressed(request: Request) -> Response:
        body = await _bounded(request)
        if body is None or not is_signed(verifier, body, request.headers):
            return Response(status_code=401)
        press = parse(body)
        if press is None:
            return Response(status_code=400)
        refusal = await run_in_threadpool(act, desk, press)
        task = BackgroundTask(_answer, press.response_url, answers_at, refusal) if refusal else None
        return Response(status_code=200, background=task)

    return router


def is_signed(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether the raw body carries Slack's signature, not older than five minutes."""
    stamp, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
    # slack-sdk raises on what is no number, on one of thousands of digits, and on letters beyond ASCII
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= LONGEST_STAMP and signature.isascii()):
        return False
    try:
        return verifier.is_valid(body, stamp, signature)
    except UnicodeDecodeError:
        return False


def parse(body: bytes) -> Press | None:
    """The one button of a ``block_actions`` payload; None if this is something else."""
    try:
        payload: Any = json.loads(parse_qs(body.decode())["payload"][0])
        action = payload["actions"][0]
        return Press(
            user=str(payload["user"]["id"]),
            act=str(action["action_id"]).split(":", 1)[0],
            value=str(action.get("value", "")),
            response_url=str(payload.get("response_url") or ""),
        )
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        return None


def allowed_origin(address: str) -> str:
    """The origin of a configured address; over http only on this machine. Raises ValueError."""
    origin = origin_of(address)
    if origin is None or not (origin.startswith("https://") or _is_loopback(address)):
        raise ValueError(
            f'settings.slack.response_origin is "{address}"; '
            "write https://HOST/, or http:// with a loopback address"
        )
    return origin


def origin_of(url: str) -> str | None:
    """``scheme://host:port`` of a web address, the port always written; None of anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    if usual is None or not parts.hostname or "@" in parts.netloc or "\\" in url or not url.isprintable():
        return None
    return f"{parts.scheme}://{parts.hostname}:{usual if port is None else port}"


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(urlsplit(address).hostname or "").is_loopback
    except ValueError:
        return False


def act(desk: DeskPorts, press: Press) -> Reason | None:
    """Do what the button says, in the name of the person whose Slack id pressed it."""
    person = person_of(desk, press.user)
    if person is None:
        return Reason("slack_link_account")
    verbs: Mapping[str, Callable[[Person, str, str], Reason | None]] = {
        "acknowledge": lambda who, incident, _: _acknowledge(desk, who, incident),
        "step_done": lambda who, incident, step: _step_done(desk, who, incident, step),
    }
    verb = verbs.get(press.act)
    if verb is None:  # a link button is pressed too, and needs no answer
        return None
    incident, _, rest = press.value.partition("|")
    refusal = _may_order(desk, person, incident)
    return refusal or verb(person, incident, rest)


def person_of(desk: DeskPorts, slack_id: str) -> Person | None:
    """Whom a Slack id belongs to, by the contacts in agency.yaml."""
    people = desk.config.agency.people.values()
    return next((p for p in people if p.contacts.get("slack") == slack_id), None)


def _may_order(desk: DeskPorts, person: Person, incident: str) -> Reason | None:
    """An incident the person may not see does not exist; some clients' orders come from named people only."""
    view = desk.reader.incident(desk.config.access_of(person), incident, desk.clock.now())
    if view is None:
        return Reason("slack_not_yours")
    client = desk.config.clients.get(view.incident.client)
    named = client.orders_from if client else ()
    if named and person.id not in named and not person.role.sees_all_clients:
        return Reason("slack_not_yours")
    return None


def _acknowledge(desk: DeskPorts, who: Person, incident: str) -> Reason | None:
    return desk.acts.acknowledge(desk.config.access_of(who), incident, Via.SLACK, desk.clock.now())


def _step_done(desk: DeskPorts, who: Person, incident: str, step: str) -> Reason | None:
    access = desk.config.access_of(who)
    return desk.acts.step_done(access, incident, step, StepWord(), Via.SLACK, desk.clock.now())


async def _bounded(request: Request) -> bytes | None:
    """The raw body, which the signature covers; None if it is larger than any button's."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return body


def _answer(response_url: str, answers_at: str, refusal: Reason) -> None:
    """Tell the one who pressed, and nobody else."""
    if origin_of(response_url) != answers_at:
        return
    text = f"{say(refusal, 'zh')}\n{say(refusal, 'en')}"
    hook = WebhookClient(response_url, timeout=5, retry_handlers=[])
    try:
        answer = hook.send(text=text, response_type="ephemeral", replace_original=False)
    except (OSError, HTTPException) as error:  # nothing was done, and the card shows that too
        log.warning("telling Slack why a button was refused: %s", error)
        return
    if answer.status_code >= 400:  # noqa: PLR2004 -- HTTP's
        log.warning("telling Slack why a button was refused: HTTP %s", answer.status_code)


class _SameClock(SlackClock):
    """The desk's clock where slack-sdk would read the wall's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._clock.now().timestamp()
