"""Uvicorn for the desk: open event streams end first, so that a stop takes no waiting."""

import socket

import uvicorn
from fastapi import FastAPI

from desk.heap import settle

GRACE_SECONDS = 5
"""How long requests under way may take once the server is told to stop."""


class DeskServer(uvicorn.Server):
    """Serves one desk application until told to stop."""

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                # lines of the access log would hold the nonces of sign-in links
                access_log=False,
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._app = app

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, with nothing left to build."""
        await super().startup(sockets)
        settle()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then all the rest."""
        self._app.state.live.stop()
        await super().shutdown(sockets)
