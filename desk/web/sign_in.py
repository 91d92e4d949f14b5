"""Signing in and out: password, one-time link, and the language switch before anyone is known."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from desk.entrance import LINK_REFUSED, Entered
from desk.web.guard import Guard, address_of, local_path
from desk.web.rendering import Reader, page, reader_of
from wanglou.domain.reason import Reason

_LONGEST_NAME = 64


def sign_in_pages(guard: Guard) -> APIRouter:
    """The routes of coming and going."""
    router = APIRouter()
    for part in (_by_password(guard), _by_link(guard), _own_account(guard)):
        router.include_router(part)
    return router


def _by_password(guard: Guard) -> APIRouter:
    router = APIRouter()
    entrance, clock = guard.ports.entrance, guard.ports.clock

    @router.get("/sign-in")
    def ask(request: Request) -> Response:
        if guard.visit(request):
            return RedirectResponse(local_path(request.query_params.get("next", "/")), 303)
        return _form(guard, request, "sign_in.html", {"next": request.query_params.get("next", "/")})

    @router.post("/sign-in")
    def sign_in(
        request: Request,
        form: Annotated[str, Form()] = "",
        name: Annotated[str, Form()] = "",
        password: Annotated[str, Form()] = "",
        onward: Annotated[str, Form(alias="next")] = "/",
    ) -> Response:
        guard.check_form(request, form, guard.bind(request))
        came = entrance.sign_in(name.strip()[:_LONGEST_NAME], password, address_of(request), clock.now())
        if isinstance(came, Reason):
            facts = {"next": onward, "refusal": came, "name": name}
            return _form(guard, request, "sign_in.html", facts, 403)
        return _welcome(guard, came, onward)

    return router


def _by_link(guard: Guard) -> APIRouter:
    router = APIRouter()
    entrance, clock = guard.ports.entrance, guard.ports.clock

    @router.get("/link/{nonce}")
    def show_link(request: Request, nonce: str) -> Response:
        owner = entrance.link_owner(nonce, clock.now())
        if owner is None:
            return _form(guard, request, "sign_in.html", {"next": "/", "refusal": LINK_REFUSED}, 403)
        return _form(guard, request, "link.html", {"owner": owner})

    @router.post("/link/{nonce}")
    def use_link(request: Request, nonce: str, form: Annotated[str, Form()] = "") -> Response:
        guard.check_form(request, form, guard.bind(request))
        came = entrance.use_link(nonce, address_of(request), clock.now())
        if isinstance(came, Reason):
            return _form(guard, request, "sign_in.html", {"next": "/", "refusal": came}, 403)
        return _welcome(guard, came, "/")

    return router


def _own_account(guard: Guard) -> APIRouter:
    router = APIRouter()
    entrance, clock = guard.ports.entrance, guard.ports.clock

    @router.get("/password")
    def ask_password(request: Request) -> Response:
        return page(reader_of(guard, request, guard.required(request)), "password.html", {"refusal": None})

    @router.post("/password")
    def set_password(
        request: Request, form: Annotated[str, Form()] = "", password: Annotated[str, Form()] = ""
    ) -> Response:
        visit = guard.required(request)
        guard.check_form(request, form, visit.binding)
        refusal = entrance.change_password(visit, password, clock.now())
        reader = reader_of(guard, request, visit)
        if refusal:
            return page(reader, "password.html", {"refusal": refusal}, 409)
        return page(reader_of(guard, request, None), "message.html", {"kind": "password"})

    @router.post("/sign-out")
    def sign_out(request: Request, form: Annotated[str, Form()] = "") -> Response:
        visit = guard.required(request)
        guard.check_form(request, form, visit.binding)
        entrance.sign_out(request.cookies[guard.cookie], address_of(request), clock.now())
        gone = RedirectResponse("/sign-in", 303)
        guard.let_out(gone)
        return gone

    return router


def _welcome(guard: Guard, came: Entered, onward: str) -> Response:
    inside = RedirectResponse(local_path(onward), 303)
    guard.let_in(inside, came)
    return inside


def _form(
    guard: Guard, request: Request, template: str, facts: dict[str, object], status: int = 200
) -> Response:
    """A page for nobody in particular, its form bound to this browser by a cookie."""
    reader: Reader = reader_of(guard, request, None)
    binding = guard.bind(request)
    blank: dict[str, object] = {"refusal": None, "name": ""}
    shown = page(reader, template, {**blank, **facts, "form": guard.form_token(binding)}, status)
    guard.keep_binding(shown, binding)
    return shown
