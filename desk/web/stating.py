"""Forms of the plan page: a fact stated or taken back, the client's approval of these words."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from starlette.responses import RedirectResponse

from desk.web.confirming import confirmation_of
from desk.web.guard import Guard
from desk.web.paper import show_plan
from desk.web.rendering import Reader, sender_of
from wanglou.domain.incident import Via
from wanglou.domain.reason import Reason
from wanglou.domain.statement import StatementFact

LONGEST_TEXT = 1000
"""Characters of one field; a statement is short."""

Fields = Mapping[str, str]
Deed = Callable[[Reader, str, Fields], Reason | None]


def stating_routes(guard: Guard) -> APIRouter:
    """The routes that the plan page's forms post to."""
    router = APIRouter()

    @router.post("/incidents/{incident}/plan/{deed}")
    def act(  # noqa: PLR0913, PLR0917 -- a form has as many fields as its widest act
        request: Request,
        incident: str,
        deed: str,
        form: Annotated[str, Form()] = "",
        blank: Annotated[str, Form()] = "",
        text: Annotated[str, Form()] = "",
        source: Annotated[str, Form()] = "",
        by: Annotated[str, Form()] = "",
        medium: Annotated[str, Form()] = "",
        at: Annotated[str, Form()] = "",
        digest: Annotated[str, Form()] = "",
    ) -> Response:
        reader = sender_of(guard, request, form)
        if deed not in DEEDS or reader.ports.reader.incident(reader.access, incident, reader.now) is None:
            raise HTTPException(404)
        fields = {"blank": blank, "text": text, "source": source, "by": by, "medium": medium, "at": at}
        fields = {name: value.strip() for name, value in (fields | {"digest": digest}).items()}
        refusal = _too_long(fields) or DEEDS[deed](reader, incident, fields)
        if refusal:
            return show_plan(reader, incident, {"deed": deed, **fields}, reader.sentence(refusal))
        return RedirectResponse(f"/incidents/{incident}/plan#paper-statement", 303)

    return router


def _too_long(fields: Fields) -> Reason | None:
    if any(len(value) > LONGEST_TEXT for value in fields.values()):
        return Reason("page_text_too_long", {"most": LONGEST_TEXT})
    return None


def _fact(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    person, now = reader.access.person, reader.now
    fact = StatementFact(fields["blank"], fields["text"], fields["source"], fields["by"], person, now)
    return reader.ports.acts.state_fact(reader.access, incident, fact, Via.DESK, now)


def _withdraw(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    acts, now = reader.ports.acts, reader.now
    return acts.withdraw_fact(reader.access, incident, fields["blank"], fields["text"], Via.DESK, now)


def _approve(reader: Reader, incident: str, fields: Fields) -> Reason | None:
    word = confirmation_of(fields, reader.ports.config.agency.zone)
    if word is None:
        return Reason("page_missing_approval")
    acts, now = reader.ports.acts, reader.now
    return acts.approve_statement(reader.access, incident, fields["digest"], word, Via.DESK, now)


DEEDS: Mapping[str, Deed] = {"fact": _fact, "withdraw": _withdraw, "approve": _approve}
"""The last part of the address a form posts to → what it does."""
