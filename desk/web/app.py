"""The web as one application: pages, forms, live events, health; built from what it is given."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, RedirectResponse, StreamingResponse

from desk.web.backtest import backtest_page
from desk.web.board import board_page
from desk.web.client import client_page
from desk.web.clients import clients_page
from desk.web.deeds import deed_routes
from desk.web.guard import ForgedFormError, Guard, SignInNeededError, row_number
from desk.web.headers import ALWAYS, SafeHeaders, StampedFiles
from desk.web.health import health_page
from desk.web.incident import incident_page
from desk.web.live import Live
from desk.web.mentions import mentions_page
from desk.web.metrics import metrics_route
from desk.web.paper import paper_page
from desk.web.ports import DeskPorts
from desk.web.rendering import HOME, page, reader_of
from desk.web.report import report_page
from desk.web.sign_in import sign_in_pages
from desk.web.stating import stating_routes

log = logging.getLogger(__name__)

LARGEST_BODY = 256 * 1024
"""No form of ours comes near; chat's payloads stay below."""


def create_app(desk: DeskPorts, routers: Sequence[APIRouter] = ()) -> FastAPI:
    """Build the application; ``routers`` are further endpoints, such as chat's.

    ``app.state.live.stop()`` ends the open event streams, which would otherwise hold up a shutdown.
    """
    guard, live = Guard(desk), Live(desk.reader)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        live.stop()

    app = FastAPI(
        title="Wanglou",
        lifespan=lifespan,
        # the interactive documentation loads scripts from other hosts
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        max_body_size=LARGEST_BODY,
    )
    app.state.live = live
    for router in (
        sign_in_pages(guard),
        board_page(guard),
        incident_page(guard),
        client_page(guard),
        clients_page(guard),
        paper_page(guard),
        stating_routes(guard),
        deed_routes(guard),
        report_page(guard),
        health_page(guard),
        mentions_page(guard),
        backtest_page(guard),
        _machine_routes(guard, live),
        metrics_route(desk),
        *routers,
    ):
        app.include_router(router)
    app.mount("/static", StampedFiles(directory=HOME / "static"))
    _explain_errors(app, guard)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=6)  # 9 takes twice as long for 3 %
    app.add_middleware(SafeHeaders, https=guard.is_https)
    return app


def _machine_routes(guard: Guard, live: Live) -> APIRouter:
    """What browsers and watchdogs ask for, not people."""
    router = APIRouter()
    ports = guard.ports

    @router.get("/events")
    async def events(request: Request, after: str = "") -> Response:
        visit = await run_in_threadpool(guard.visit, request)
        if visit is None:
            return Response(status_code=401)
        missed_since = row_number(request.headers.get("last-event-id", after))

        def may_go_on() -> bool:
            return ports.entrance.still_in(visit.binding, ports.clock.now())

        stream = live.events(guard.access(visit.person), missed_since, may_go_on)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"x-accel-buffering": "no"})

    @router.get("/healthz")
    def healthz() -> Response:
        try:
            newest = ports.reader.newest_change()
        except Exception:
            log.exception("cannot reach the database")
            return JSONResponse({"status": "database unreachable"}, 503)
        return JSONResponse({"status": "ok", "newest_change": newest})

    @router.get("/favicon.ico")
    def favicon() -> Response:
        return RedirectResponse("/static/favicon.svg", 308)

    return router


def _explain_errors(app: FastAPI, guard: Guard) -> None:
    """Say in words what happened, what is safe, what to do."""

    def message(request: Request, kind: str, status: int) -> Response:
        reader = reader_of(guard, request, guard.visit(request))
        return page(reader, "message.html", {"kind": kind, "onward": request.url.path}, status)

    def sign_in_needed(request: Request, _: Exception) -> Response:
        if request.method == "GET":
            onward = quote(f"{request.url.path}?{request.url.query}".rstrip("?"))
            return RedirectResponse(f"/sign-in?next={onward}", 303)
        return message(request, "expired", 401)

    def forged(request: Request, _: Exception) -> Response:
        return message(request, "forged", 403)

    def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        kind = {403: "forbidden", 404: "missing", 405: "missing", 413: "too_large"}.get(status, "broken")
        return message(request, kind, status)

    def broken(request: Request, _: Exception) -> Response:
        """Without asking for the session: the database may be what broke."""
        reader = reader_of(guard, request, None)
        answer = page(reader, "message.html", {"kind": "broken", "onward": request.url.path}, 500)
        answer.headers.update(ALWAYS)  # this answer is made outside all middleware
        return answer

    app.add_exception_handler(SignInNeededError, sign_in_needed)
    app.add_exception_handler(ForgedFormError, forged)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(Exception, broken)
