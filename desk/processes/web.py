"""The web process: loads no crawler and no trainer."""

import os

from fastapi import APIRouter

from desk.clocks import WallClock
from desk.web.app import create_app
from desk.web.chat_actions import slack_actions
from desk.web.serving import DeskServer
from desk.wiring.shared import Place, secrets_of
from desk.wiring.web import desk_ports
from wanglou.domain.agency import Config


def run_web(config: Config, place: Place, host: str, port: int, *, rehearsal: bool) -> None:
    """Be the web until told to stop."""
    desk = desk_ports(config, place, WallClock(), os.environ, rehearsal=rehearsal)
    signing = secrets_of(config, os.environ).get("slack_signing")
    routers: list[APIRouter] = [slack_actions(desk, signing)] if signing else []
    DeskServer(create_app(desk, routers), host, port).run()


PLUGIN = run_web
