"""Serve an application on loopback from a thread, while a block runs."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

LOOPBACK = "127.0.0.1"


class PortTakenError(Exception):
    """Somebody else listens on the port a rehearsal server was to have."""

    def __init__(self, name: str, port: int, cause: OSError) -> None:
        super().__init__(
            f"opening the rehearsal's {name} on {LOOPBACK}:{port}: {cause.strerror}; "
            "stop what listens there or choose another port (0 takes any free one)"
        )


@contextmanager
def serving(app: FastAPI, name: str, port: int = 0) -> Iterator[str]:
    """Give the origin ``http://127.0.0.1:port``; 0 is any free port.

    On entry the server already answers, on exit the port is free again. Raises PortTakenError.
    """
    listener = _listen(name, port)
    # No lifespan, no log set-up and, being off the main thread, no signal handlers: the host's stay its own.
    server = _Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, args=([listener],), name=f"rehearsal-{name}")
    thread.start()
    try:
        server.answers.wait()
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _listen(name: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise PortTakenError(name, port, error) from error
    return listener


class _Server(uvicorn.Server):
    """A server that says when it has begun to answer, or that it never will."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.answers = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell the waiting thread as soon as the sockets are served."""
        try:
            await super().startup(sockets)
        finally:
            self.answers.set()
