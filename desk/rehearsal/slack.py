"""A chat server speaking the part of Slack's Web API that we use, for demo, tests and drills (演练).

It refuses what Slack refuses, can be told to fail, and shows its channels on a page whose buttons press
the desk's own endpoint with a signed payload, as Slack does.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
import threading
import urllib.parse
import urllib.request
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from html import escape
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from desk.rehearsal.slack_rules import MAX_TEXT, MAX_TOTAL, faults, total_length
from wanglou.ports import Clock


class Fault(StrEnum):
    """How the server can misbehave, one call each."""

    RATE_LIMITED = "429"
    SERVER_ERROR = "500"
    ACCEPT_THEN_FAIL = "accept_then_fail"  # stored, but the answer says 500
    SILENT_DROP = "silent_drop"  # answers ok and stores nothing
    MISSING_SCOPE = "missing_scope"  # the app was not given the right to this method


@dataclass(slots=True)
class Post:
    """One message as the channel holds it; ``thread`` is the parent's timestamp."""

    channel: str
    ts: str
    text: str
    blocks: list[dict[str, Any]]
    thread: str | None
    metadata: dict[str, Any]
    edits: int = 0
    aside: str = ""  # what only the one who pressed a button here can see


@dataclass
class SlackContract:
    """The server's memory and its switches; safe to use from several threads."""

    token: str
    signing_secret: str
    clock: Clock
    channels: dict[str, str]
    desk_url: str = ""
    person: str = "U0000WANG"
    people: dict[str, str] = field(default_factory=dict)  # id → what the page calls them
    posts: list[Post] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    down: bool = False
    retry_after: str = "30"
    no_edits: str = ""  # the error with which every edit is refused
    asked: dict[str, str] = field(default_factory=dict)  # an answer's address → the timestamp it belongs to
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def direct(self) -> str:
        """The id of the conversation with the one person who has an account here."""
        return f"D{self.person[1:]}"

    def channel_id(self, address: str) -> str | None:
        """The id of ``#name``, ``name``, a person or an id; None if there is no such channel."""
        if address == self.person:
            return self.direct
        return self.channels.get(address.removeprefix("#")) or _by_id(self, address)

    def next_ts(self) -> str:
        """A timestamp as Slack makes them: unique and growing."""
        return f"{int(self.clock.now().timestamp())}.{len(self.posts) + 1:06d}"

    def in_thread(self, ts: str) -> list[Post]:
        """The replies below a message, oldest first."""
        return [p for p in self.posts if p.thread == ts]

    def signed(self, body: bytes) -> dict[str, str]:
        """The headers with which Slack proves that a request is its own."""
        stamp = str(int(self.clock.now().timestamp()))
        digest = hmac.new(self.signing_secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
        return {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": f"v0={digest.hexdigest()}",
        }


def press_body(
    contract: SlackContract, post: Post, action: Mapping[str, Any], person: str, response_url: str = ""
) -> bytes:
    """What Slack posts to the app when ``person`` presses a button of ``post``."""
    payload = {
        "type": "block_actions",
        "user": {"id": person},
        "channel": {"id": post.channel},
        "message": {"ts": post.ts},
        "response_url": response_url,
        "actions": [{**action, "action_ts": contract.next_ts()}],
    }
    return urllib.parse.urlencode({"payload": json.dumps(payload, ensure_ascii=False)}).encode()


def slack_app(contract: SlackContract) -> FastAPI:
    """The server: ``/api/…`` for the product, ``/`` for people."""
    app = FastAPI(title="演练 chat", docs_url=None, redoc_url=None, openapi_url=None)

    @app.api_route("/api/{method}", methods=["GET", "POST"])
    async def api(method: str, request: Request) -> Response:
        arguments = await _arguments(request)
        with contract.lock:
            return _answer(contract, method, arguments, request.headers.get("authorization", ""))

    @app.get("/")
    def page() -> HTMLResponse:
        with contract.lock:
            return HTMLResponse(_page(contract))

    @app.post("/press")
    async def press(request: Request) -> RedirectResponse:
        form = urllib.parse.parse_qs((await request.body()).decode())
        with contract.lock:
            post = next(p for p in contract.posts if p.ts == form["ts"][0])
            action = next(a for a in _buttons(post) if a["action_id"] == form["action"][0])
            answer_at = _address(request) + "/answers/" + _asking(contract, post)
            body = press_body(contract, post, action, contract.person, answer_at)
            headers = contract.signed(body)
        await _send(contract.desk_url + "/chat/slack/actions", body, headers)
        return RedirectResponse("/", status_code=303)

    @app.post("/answers/{ticket}")
    async def answered(ticket: str, request: Request) -> Response:
        said = await _arguments(request)
        with contract.lock:
            ts = contract.asked.get(ticket)
            post = next((p for p in contract.posts if p.ts == ts), None)
            if post is None or said.get("response_type") != "ephemeral":
                return Response("expired_url", status_code=404)
            post.aside = str(said.get("text", ""))
        return Response("ok")

    return app


def _address(request: Request) -> str:
    """Our own origin as the socket has it: the Host header is the browser's idea."""
    host, port = request.scope["server"]
    return f"http://{host}:{port}"


def _asking(contract: SlackContract, post: Post) -> str:
    """A ticket for the answer to one press; what was said to the press before is gone."""
    post.aside = ""
    ticket = secrets.token_urlsafe(16)
    contract.asked[ticket] = post.ts
    return ticket


async def _send(url: str, body: bytes, headers: dict[str, str]) -> None:
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 -- the desk's own address

    def send() -> None:
        urllib.request.urlopen(request, timeout=5).close()  # noqa: S310 -- same

    await asyncio.to_thread(send)


async def _arguments(request: Request) -> dict[str, Any]:
    body = await request.body()
    if request.headers.get("content-type", "").startswith("application/json"):
        return dict(json.loads(body or b"{}"))
    form = urllib.parse.parse_qsl(body.decode())
    return {**dict(request.query_params), **dict(form)}


def _answer(contract: SlackContract, method: str, arguments: dict[str, Any], bearer: str) -> Response:
    if contract.down:
        return Response("down", status_code=503)
    fault = contract.faults.popleft() if contract.faults else None
    if fault is Fault.RATE_LIMITED:
        return JSONResponse(
            {"ok": False, "error": "ratelimited"}, 429, headers={"Retry-After": contract.retry_after}
        )
    if fault is Fault.SERVER_ERROR:
        return Response("error", status_code=500)
    if fault is Fault.MISSING_SCOPE:
        return _refuse(contract, method, "missing_scope")
    if bearer != f"Bearer {contract.token}":
        return _refuse(contract, method, "invalid_auth" if bearer else "not_authed")
    return _method(contract, method, arguments, fault)


def _method(contract: SlackContract, method: str, arguments: dict[str, Any], fault: Fault | None) -> Response:
    if method in {"auth.test", "conversations.list", "conversations.open"}:
        return _about_the_room(contract, method, arguments)
    known = {
        "chat.postMessage": _post,
        "chat.update": _update,
        "conversations.history": _history,
        "conversations.replies": _history,
    }
    if method not in known:
        return _refuse(contract, method, "unknown_method")
    channel = str(arguments.get("channel", ""))
    # Posting takes names and people; reading and editing take ids, as at Slack.
    found = contract.channel_id(channel) if method == "chat.postMessage" else _by_id(contract, channel)
    if found is None:
        return _refuse(contract, method, "channel_not_found")
    return known[method](contract, found, arguments, fault)


def _about_the_room(contract: SlackContract, method: str, arguments: dict[str, Any]) -> Response:
    """What is asked of no channel in particular."""
    if method == "auth.test":
        return JSONResponse({"ok": True, "team": "演练", "user": "wanglou"})
    if method == "conversations.list":
        listed = [{"id": i, "name": n} for n, i in contract.channels.items()]
        return JSONResponse({"ok": True, "channels": listed, "response_metadata": {"next_cursor": ""}})
    if arguments.get("users") != contract.person:
        return _refuse(contract, method, "user_not_found")
    return JSONResponse({"ok": True, "channel": {"id": contract.direct}})


def _by_id(contract: SlackContract, channel: str) -> str | None:
    return channel if channel in {*contract.channels.values(), contract.direct} else None


def _content_fault(arguments: dict[str, Any]) -> str | None:
    blocks = arguments.get("blocks") or []
    if not arguments.get("text") and not blocks:
        return "no_text"
    if len(str(arguments.get("text", ""))) > MAX_TEXT:
        return "msg_too_long"
    if faults(blocks):
        return "invalid_blocks"
    return "msg_blocks_too_long" if total_length(blocks) > MAX_TOTAL else None


def _post(contract: SlackContract, channel: str, arguments: dict[str, Any], fault: Fault | None) -> Response:
    if error := _content_fault(arguments):
        return _refuse(contract, "chat.postMessage", error, "; ".join(faults(arguments.get("blocks") or [])))
    post = Post(
        channel,
        contract.next_ts(),
        str(arguments.get("text", "")),
        list(arguments.get("blocks") or []),
        arguments.get("thread_ts"),
        dict(arguments.get("metadata") or {}),
    )
    if fault is not Fault.SILENT_DROP:
        contract.posts.append(post)
    if fault is Fault.ACCEPT_THEN_FAIL:
        return Response("error", status_code=500)
    return JSONResponse({"ok": True, "channel": channel, "ts": post.ts})


def _update(
    contract: SlackContract, channel: str, arguments: dict[str, Any], fault: Fault | None
) -> Response:
    del fault
    post = next((p for p in contract.posts if p.ts == arguments.get("ts") and p.channel == channel), None)
    if post is None or contract.no_edits:
        return _refuse(contract, "chat.update", contract.no_edits or "message_not_found")
    if error := _content_fault(arguments):
        return _refuse(contract, "chat.update", error, "; ".join(faults(arguments.get("blocks") or [])))
    post.text, post.blocks = str(arguments.get("text", "")), list(arguments.get("blocks") or [])
    post.edits += 1
    return JSONResponse({"ok": True, "channel": channel, "ts": post.ts})


def _history(
    contract: SlackContract, channel: str, arguments: dict[str, Any], fault: Fault | None
) -> Response:
    del fault
    thread, oldest = arguments.get("ts"), float(arguments.get("oldest") or 0)
    wanted = [
        p
        for p in contract.posts
        if p.channel == channel
        and float(p.ts) >= oldest
        and (thread in {p.thread, p.ts} if thread else p.thread is None)
    ]
    listed = [{"ts": p.ts, "text": p.text, "metadata": p.metadata} for p in reversed(wanted)]
    return JSONResponse({"ok": True, "messages": listed})


def _refuse(contract: SlackContract, method: str, error: str, detail: str = "") -> Response:
    contract.refusals.append(f"{method}: {error} {detail}".strip())
    return JSONResponse({"ok": False, "error": error})


def _buttons(post: Post) -> list[dict[str, Any]]:
    return [e for b in post.blocks if b["type"] == "actions" for e in b["elements"]]


def _page(contract: SlackContract) -> str:
    cards = [p for p in contract.posts if p.thread is None]
    shown = "".join(_shown(contract, card) for card in reversed(cards))
    for id_, name in contract.people.items():
        shown = shown.replace(escape(f"<@{id_}>"), f"<b>@{escape(name)}</b>")
    return (
        "<!doctype html><html lang=zh><meta charset=utf-8><meta http-equiv=refresh content=3>"
        "<meta name=viewport content='width=device-width'><title>演练聊天室</title>"
        f"<style>{_STYLE}</style><h1>演练聊天室 <small>rehearsal chat</small></h1>"
        f"{shown or '<p>还没有消息。No message yet.</p>'}"
    )


def _shown(contract: SlackContract, card: Post) -> str:
    name = next((n for n, i in contract.channels.items() if i == card.channel), card.channel)
    replies = "".join(f"<li>{_said(p)}{_forms(p)}</li>" for p in contract.in_thread(card.ts))
    return f"<article><h2>#{escape(name)}</h2>{_said(card)}{_forms(card)}<ul>{replies}</ul></article>"


def _said(post: Post) -> str:
    return "".join(_block(block) for block in post.blocks) or f"<p>{_unslack(post.text)}</p>"


def _block(block: Mapping[str, Any]) -> str:
    fields = "".join(f"<span>{_unslack(field['text'])}</span>" for field in block.get("fields") or [])
    if fields:
        return f"<div class=fields>{fields}</div>"
    text = (block.get("text") or {}).get("text")
    tag = "h3" if block["type"] == "header" else "p"
    return f"<{tag}>{_unslack(text)}</{tag}>" if text else ""


def _unslack(text: str) -> str:
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").replace("*", "")
    return escape(plain).replace("\n", "<br>")


def _forms(post: Post) -> str:
    return "".join(_form(post, button) for button in _buttons(post)) + _aside(post)


def _aside(post: Post) -> str:
    if not post.aside:
        return ""
    whose = "<small>仅你可见 only visible to you</small>"
    return f"<p class=aside role=status>{whose}<br>{_unslack(post.aside)}</p>"


def _form(post: Post, button: Mapping[str, Any]) -> str:
    label = escape(button["text"]["text"])
    if button.get("url"):
        return f"<a class=button href='{escape(button['url'], quote=True)}'>{label}</a> "
    return (
        "<form method=post action=/press>"
        f"<input type=hidden name=ts value='{escape(post.ts, quote=True)}'>"
        f"<button name=action value='{escape(button['action_id'], quote=True)}'>{label}</button></form> "
    )


_STYLE = (
    "body{font:15px/1.6 system-ui,sans-serif;max-width:46rem;margin:1rem auto;padding:0 1rem}"
    "article{border-top:1px solid #ccc;padding:.5rem 0}h2{font-size:1rem;color:#555;margin:0}"
    "h3{margin:.3rem 0}.fields{display:grid;gap:.3rem}"
    ".fields{grid-template-columns:repeat(auto-fill,minmax(13rem,1fr))}article{padding-bottom:1rem}"
    "ul{border-left:3px solid #ddd;padding-left:1rem;list-style:none}"
    "form{display:inline}button,.button{min-height:44px;padding:0 12px}p{margin:.2rem 0}"
    ".aside{border:1px dashed #999;padding:.3rem .6rem;margin:.5rem 0}"
)
