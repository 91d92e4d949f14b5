"""The plan on paper: steps, gates, results, the drafted statement and room to sign."""

from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request, Response

from desk.web.confirming import end_on_record
from desk.web.guard import Guard
from desk.web.incident import planned_steps
from desk.web.rendering import Reader, page, reader_of
from playbooks.statement import Sentence, draft
from wanglou.domain.plan import Plan
from wanglou.ports import IncidentView


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A sentence of the draft in the reader's language; ``source`` says what it stands on, "" if nothing."""

    text: str
    source: str
    is_blank: bool


def paper_page(guard: Guard) -> APIRouter:
    """The plan of one incident as a document, by its id and by its client's number."""
    router = APIRouter()

    @router.get("/incidents/{incident}/plan")
    def show(request: Request, incident: str) -> Response:
        return _show(reader_of(guard, request, guard.required(request)), incident)

    @router.get("/clients/{client}/incidents/{number:int}/plan")
    def numbered(request: Request, client: str, number: int) -> Response:
        reader = reader_of(guard, request, guard.required(request))
        found = guard.ports.reader.incident_numbered(reader.access, client, number)
        return _show(reader, found or "")

    return router


def draft_lines(view: IncidentView, reader: Reader) -> list[DraftLine]:
    """The statement as far as the record carries it."""
    zone = reader.ports.config.agency.zone
    return [
        DraftLine(s.text(reader.language, zone), _source(s, view.plan, reader), bool(s.blanks))
        for s in draft(view.incident, view.plan)
    ]


def _show(reader: Reader, incident: str) -> Response:
    view = reader.ports.reader.incident(reader.access, incident, reader.now)
    if view is None:
        raise HTTPException(404)
    facts = {
        "view": view,
        "incident": view.incident,
        "steps": planned_steps(view.plan, reader.access.person),
        "draft": draft_lines(view, reader),
        "end": end_on_record(view.timeline),
    }
    return page(reader, "plan.html", facts)


def _source(sentence: Sentence, plan: Plan | None, reader: Reader) -> str:
    if sentence.stands_on is None:
        return ""
    titles = {step.id: step.title for step in plan.steps} if plan else {}
    if sentence.stands_on in titles:
        return reader.words("page_statement_from_step", step=titles[sentence.stands_on])
    return reader.words("page_statement_from_incident")
