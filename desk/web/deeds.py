"""Forms on the incident page: one post, one act, then back to the page by 303."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from starlette.responses import RedirectResponse

from desk.web.confirming import confirmation_of, step_word_of
from desk.web.guard import Guard
from desk.web.incident import show_incident
from desk.web.offers import HOLD_SPANS
from desk.web.ports import DISMISSALS, WAITS
from desk.web.rendering import Reader, sender_of
from wanglou.domain.incident import Via
from wanglou.domain.reason import Reason
from wanglou.domain.severity import Severity

LONGEST_TEXT = 4000

LONGEST_NUMBER = 9
"""Digits of an incident's number; more than that is no number of ours."""

Fields = Mapping[str, str]
Deed = Callable[[Reader, str, Fields], Reason | None]


def deed_routes(guard: Guard) -> APIRouter:
    """The routes that forms post to."""
    router = APIRouter()

    @router.post("/incidents/{incident}/{deed}")
    def act(  # noqa: PLR0913, PLR0917 -- a form has as many fields as its widest act
        request: Request,
        incident: str,
        deed: str,
        form: Annotated[str, Form()] = "",
        text: Annotated[str, Form()] = "",
        step: Annotated[str, Form()] = "",
        to: Annotated[str, Form()] = "",
        span: Annotated[str, Form()] = "",
        delivery: Annotated[str, Form()] = "",
        by: Annotated[str, Form()] = "",
        medium: Annotated[str, Form()] = "",
        at: Annotated[str, Form()] = "",
        words: Annotated[str, Form()] = "",
        stopped: Annotated[str, Form()] = "",
        since: Annotated[str, Form()] = "",
        back: Annotated[str, Form()] = "",
    ) -> Response:
        reader = sender_of(guard, request, form)
        if deed not in DEEDS or not _exists(reader, incident):
            raise HTTPException(404)
        fields = {
            "form": form,
            "text": text.strip(),
            "step": step,
            "to": to,
            "span": span,
            "delivery": delivery,
            "by": by.strip(),
            "medium": medium,
            "at": at.strip(),
            "words": words.strip(),
            "stopped": stopped,
            "since": since.strip(),
        }
        refusal = _missing(deed, fields) or DEEDS[deed](reader, incident, fields)
        if refusal:
            return show_incident(reader, incident, {"deed": deed, **fields}, reader.sentence(refusal))
        return RedirectResponse("/" if back == "board" else f"/incidents/{incident}", 303)

    return router


def _exists(reader: Reader, incident: str) -> bool:
    """What a reader may not see does not exist, for acts either."""
    return reader.ports.reader.incident(reader.access, incident, reader.now) is not None


def _missing(deed: str, fields: Fields) -> Reason | None:
    if deed in NEEDS_TEXT and not fields["text"]:
        return Reason(f"page_missing_{deed}")
    if max(len(fields["text"]), len(fields["words"])) > LONGEST_TEXT:
        return Reason("page_text_too_long", {"most": LONGEST_TEXT})
    if deed in {"raise", "lower"} and fields["to"] not in {s.colour for s in Severity}:
        return Reason("page_missing_severity")
    if deed == "hold" and (fields["to"] not in WAITS or fields["span"] not in HOLD_SPANS):
        return Reason("page_missing_hold")
    if deed == "dismiss" and fields["text"] not in DISMISSALS:
        return Reason("page_missing_dismiss")
    return None


def _acknowledge(reader: Reader, incident: str, _: Fields) -> Reason | None:
    return reader.ports.acts.acknowledge(reader.access, incident, Via.DESK, reader.now)


def _own(reader: Reader, incident: str, _: Fields) -> Reason | None:
    return reader.ports.acts.own(reader.access, incident, Via.DESK, reader.now)


def _topic(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    acts, to = reader.ports.acts, fields["to"]
    return acts.set_topic(reader.access, incident, to, fields["text"], Via.DESK, reader.now)


def _done(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    """With the client's consent and whether it has stopped, where the step asks for them."""
    word = step_word_of(fields, reader.ports.config.agency.zone)
    if word is None:
        return Reason("page_missing_consent")
    return reader.ports.acts.step_done(reader.access, incident, fields["step"], word, Via.DESK, reader.now)


def _skip(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    acts = reader.ports.acts
    return acts.step_skipped(reader.access, incident, fields["step"], fields["text"], Via.DESK, reader.now)


def _note(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    """The form's own token names it: posted twice, it leaves one note."""
    acts = reader.ports.acts
    return acts.note(reader.access, incident, fields["text"], fields["form"], Via.DESK, reader.now)


def _raise(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    acts, to = reader.ports.acts, Severity.named(fields["to"])
    return acts.raise_severity(reader.access, incident, to, fields["text"], Via.DESK, reader.now)


def _lower(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    acts, to = reader.ports.acts, Severity.named(fields["to"])
    return acts.lower_severity(reader.access, incident, to, fields["text"], Via.DESK, reader.now)


def _hold(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    until = reader.now + HOLD_SPANS[fields["span"]]
    acts = reader.ports.acts
    return acts.hold(reader.access, incident, fields["to"], until, fields["text"], Via.DESK, reader.now)


def _resume(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    return reader.ports.acts.resume(reader.access, incident, fields["text"], Via.DESK, reader.now)


def _resend(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    return reader.ports.acts.resend(reader.access, incident, fields["delivery"], Via.DESK, reader.now)


def _merge(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    """The form names the other incident by its number; numbers count per client."""
    source, now = reader.ports.reader, reader.now
    view, number = source.incident(reader.access, incident, now), fields["to"].strip().lstrip("#＃")
    if view is None or not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
        return Reason("page_missing_merge")
    into = source.incident_numbered(reader.access, view.incident.client, int(number))
    if into is None:
        return Reason("page_merge_unknown", {"number": int(number)})
    return reader.ports.acts.merge(reader.access, incident, into, fields["text"], Via.DESK, now)


def _contain(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    return reader.ports.acts.contain(reader.access, incident, fields["text"], Via.DESK, reader.now)


def _waive(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    return reader.ports.acts.waive(reader.access, incident, fields["text"], Via.DESK, reader.now)


def _resolve(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    """On the client's word: what is missing in it is refused in words."""
    confirmation = confirmation_of(fields, reader.ports.config.agency.zone)
    if confirmation is None:
        return Reason("page_missing_resolve")
    return reader.ports.acts.resolve(reader.access, incident, confirmation, Via.DESK, reader.now)


def _close(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    return reader.ports.acts.close(reader.access, incident, fields["text"], Via.DESK, reader.now)


def _reopen(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    return reader.ports.acts.reopen(reader.access, incident, fields["text"], Via.DESK, reader.now)


def _dismiss(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    return reader.ports.acts.dismiss(reader.access, incident, fields["text"], Via.DESK, reader.now)


DEEDS: Mapping[str, Deed] = {
    "acknowledge": _acknowledge,
    "own": _own,
    "topic": _topic,
    "done": _done,
    "skip": _skip,
    "note": _note,
    "raise": _raise,
    "lower": _lower,
    "hold": _hold,
    "resume": _resume,
    "resend": _resend,
    "merge": _merge,
    "contain": _contain,
    "resolve": _resolve,
    "waive": _waive,
    "close": _close,
    "reopen": _reopen,
    "dismiss": _dismiss,
}
"""The last part of the address a form posts to → what it does."""

NEEDS_TEXT = frozenset(
    {
        "skip",
        "note",
        "lower",
        "topic",
        "hold",
        "resume",
        "merge",
        "contain",
        "waive",
        "close",
        "reopen",
        "dismiss",
    }
)
"""What cannot be undone, or leaves something undone, asks for words that go into the record."""
