"""The web process: loads no crawler and no trainer."""

import os
from types import FrameType

import uvicorn
from fastapi import APIRouter, FastAPI

from desk.clocks import WallClock
from desk.web.app import create_app
from desk.web.chat_actions import slack_actions
from desk.wiring.shared import Place, secrets_of
from desk.wiring.web import desk_ports
from wanglou.domain.agency import Config

GRACE_SECONDS = 3


def run_web(config: Config, place: Place, host: str, port: int, *, rehearsal: bool) -> None:
    """Be the web until told to stop."""
    desk = desk_ports(config, place, WallClock(), os.environ, rehearsal=rehearsal)
    signing = secrets_of(config, os.environ).get("slack_signing")
    routers: list[APIRouter] = [slack_actions(desk, signing)] if signing else []
    app = create_app(desk, routers)
    settings = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=GRACE_SECONDS
    )
    _Server(settings, app).run()


class _Server(uvicorn.Server):
    """Ends the open event streams first: they would hold up the shutdown."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, and be done as soon as the last answer is out."""
        self._app.state.live.stop()
        super().handle_exit(sig, frame)


PLUGIN = run_web
