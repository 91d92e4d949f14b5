"""The plan on paper: steps, gates, results, the drafted statement and room to sign."""

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException, Request, Response

from desk.web.confirming import end_on_record
from desk.web.guard import Guard
from desk.web.incident import numbered_incident
from desk.web.rendering import Reader, page, reader_of
from desk.web.statement import draft_of
from desk.web.steps import planned_steps


def paper_page(guard: Guard) -> APIRouter:
    """The plan of one incident as a document, by its id and by its client's number."""
    router = APIRouter()

    @router.get("/incidents/{incident}/plan")
    def show(request: Request, incident: str) -> Response:
        return show_plan(reader_of(guard, request, guard.required(request)), incident)

    @router.get("/clients/{client}/incidents/{number}/plan")
    def numbered(request: Request, client: str, number: str) -> Response:
        reader = reader_of(guard, request, guard.required(request))
        return show_plan(reader, numbered_incident(reader, client, number))

    return router


def show_plan(
    reader: Reader, incident: str, typed: Mapping[str, str] | None = None, refusal: str = ""
) -> Response:
    """The page; with ``refusal`` above the statement and what was ``typed`` kept, when an act was refused."""
    view = reader.ports.reader.incident(reader.access, incident, reader.now)
    if view is None:
        raise HTTPException(404)
    facts = {
        "view": view,
        "incident": view.incident,
        "steps": planned_steps(view, reader),
        "draft": draft_of(view, reader),
        "end": end_on_record(view.timeline),
        "typed": typed or {},
        "refusal": refusal,
    }
    return page(reader, "plan.html", facts, 409 if refusal else 200)
