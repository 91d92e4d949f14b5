"""Reporting by hand 上报: what a person saw or heard before any detector did."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from desk.web.deeds import LONGEST_TEXT
from desk.web.guard import Guard
from desk.web.rendering import Reader, page, reader_of, sender_of
from wanglou.domain.incident import Via
from wanglou.domain.reason import Reason
from wanglou.domain.report import Report
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic

LONGEST_SOURCE = 200

_UNTYPED = {
    "brand": "",
    "topic": Topic.OTHER.value,
    "severity": Severity.YELLOW.colour,
    "text": "",
    "heard_from": "",
    "signal": "",
}


def report_page(guard: Guard) -> APIRouter:
    """The form, and what it posts to."""
    router = APIRouter()

    @router.get("/report")
    def show(request: Request) -> Response:
        reader = reader_of(guard, request, guard.required(request))
        return _form(reader, _taken_up(reader, request.query_params.get("signal", "")), None)

    @router.post("/report")
    def send(  # noqa: PLR0913, PLR0917 -- a form has its fields
        request: Request,
        form: Annotated[str, Form()] = "",
        brand: Annotated[str, Form()] = "",
        topic: Annotated[str, Form()] = "",
        severity: Annotated[str, Form()] = "",
        text: Annotated[str, Form()] = "",
        heard_from: Annotated[str, Form()] = "",
        signal: Annotated[str, Form()] = "",
    ) -> Response:
        reader = sender_of(guard, request, form)
        typed = {
            "brand": brand,
            "topic": topic,
            "severity": severity,
            "text": text.strip(),
            "heard_from": heard_from.strip(),
            "signal": signal,
        }
        told = _report(typed, form)
        if isinstance(told, Reason):
            return _form(reader, typed, told)
        opened = reader.ports.acts.report(reader.access, told, Via.DESK, reader.now)
        if isinstance(opened, Reason):
            return _form(reader, typed, opened)
        return RedirectResponse(f"/incidents/{opened}", 303)

    return router


def _form(reader: Reader, typed: Mapping[str, str], refusal: Reason | None) -> Response:
    facts = {
        "brands": list(_brands(reader)),
        "topics": [topic.value for topic in Topic],
        "levels": list(reversed(Severity)),
        "typed": {**_UNTYPED, **typed},
        "refusal": refusal,
    }
    return page(reader, "report.html", facts, 409 if refusal else 200)


def _taken_up(reader: Reader, key: str) -> dict[str, str]:
    """The form as a signal fills it in; empty where there is no such signal for this reader (any more)."""
    clients = list(reader.ports.config.clients) if key else []
    for quiet in reader.ports.reader.quiet(reader.access, clients, reader.now):
        for signal in quiet.signals:
            if signal.key == key:
                return {
                    "brand": f"{signal.client}|{signal.brand}",
                    "severity": Severity.BLUE.colour,
                    "text": reader.sentence(signal.because),
                    "signal": key,
                }
    return {}


def _brands(reader: Reader) -> Iterator[tuple[str, str]]:
    """What this reader may report about: the form's value and its words."""
    for client in reader.ports.config.clients.values():
        if reader.access.may_see(client.id):
            for brand in client.brands:
                yield f"{client.id}|{brand.name}", f"{client.name} · {brand.name}"


def _report(typed: Mapping[str, str], once: str) -> Report | Reason:
    client, _, brand = typed["brand"].partition("|")
    known = typed["topic"] in set(Topic) and typed["severity"] in {s.colour for s in Severity}
    if not (client and brand and known and typed["text"]):
        return Reason("page_missing_report")
    if len(typed["text"]) > LONGEST_TEXT or len(typed["heard_from"]) > LONGEST_SOURCE:
        return Reason("page_text_too_long", {"most": LONGEST_TEXT})
    return Report(
        client=client,
        brand=brand,
        topic=Topic(typed["topic"]),
        severity=Severity.named(typed["severity"]),
        text=typed["text"],
        heard_from=typed["heard_from"],
        once=once,
        signal=typed["signal"],
    )
