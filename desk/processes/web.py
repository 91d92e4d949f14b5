"""The web process: loads no crawler and no trainer."""

import os

from fastapi import APIRouter

from desk.clocks import WallClock
from desk.heap import spare_memory
from desk.web.app import create_app
from desk.web.chat_actions import RESPONSE_ORIGIN, slack_actions
from desk.web.ports import DeskPorts
from desk.web.serving import DeskServer
from desk.wiring.shared import Place, WiringError, secrets_of
from desk.wiring.web import desk_ports
from wanglou.domain.agency import Config


def run_web(config: Config, place: Place, host: str, port: int, *, rehearsal: bool) -> None:
    """Be the web until told to stop."""
    spare_memory()
    desk = desk_ports(config, place, WallClock(), os.environ, rehearsal=rehearsal)
    DeskServer(create_app(desk, _chat(config, desk)), host, port).run()


def _chat(config: Config, desk: DeskPorts) -> list[APIRouter]:
    """What the chats call; nothing where no secret proves that it is they."""
    signing = secrets_of(config, os.environ).get("slack_signing")
    if not signing:
        return []
    answers_at = config.agency.settings.get("slack", {}).get("response_origin", RESPONSE_ORIGIN)
    try:
        return [slack_actions(desk, signing, answers_at)]
    except ValueError as error:
        raise WiringError(f"opening the door for Slack's buttons: {error}") from error


PLUGIN = run_web
