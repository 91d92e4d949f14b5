"""Fetches one address over HTTP within its limits, and connects to nothing that the gate refuses."""

import asyncio
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Headers, Response

from crawlers.addresses import Gate
from crawlers.limits import Limits

_LOOKUPS = 8
"""Names looked up at once in one crawl."""

HANG_UP = object()
"""Scrapy signal: break off all downloads under way."""


class TooLargeError(Exception):
    """A body passed its limit, packed or unpacked, and was cut off."""

    def __init__(self, url: str, limit: int) -> None:
        super().__init__(f"{url} is larger than {limit} bytes; stopped reading")
        self.limit = limit


class CertificateError(Exception):
    """A server could not prove who it is."""


class GuardedDownloadHandler(BaseDownloadHandler):
    """Scrapy's hands on the network.

    ``request.meta``: ``limits`` (Limits) and ``allow_private`` (tuple of host:port). Sources with different
    private origins share no connection, so that none rides on what another may enter. Redirects are not
    followed here, bodies come unpacked, no proxy and no cookie is used.
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._sessions: dict[frozenset[str], aiohttp.ClientSession] = {}
        self._lookups = ThreadPoolExecutor(_LOOKUPS, thread_name_prefix="names")
        crawler.signals.connect(self.close, HANG_UP)

    async def download_request(self, request: Request) -> Response:
        """Fetch; raises Scrapy's download errors, TooLargeError, CertificateError or PrivateAddressError."""
        limits: Limits = request.meta["limits"]
        session = self._session(frozenset(request.meta["allow_private"]))
        headers = [
            (k.decode("latin-1"), v.decode("latin-1")) for k, vs in request.headers.items() for v in vs
        ]
        with _as_scrapy_errors(request.url, limits.total_time):
            async with session.request(
                request.method,
                request.url,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=limits.total_time.total_seconds()),
            ) as response:
                body = await _body(response, limits.max_bytes)
        return Response(
            request.url,
            response.status,
            headers=Headers(list(response.headers.items())),
            body=body,
            request=request,
        )

    async def close(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()
        self._lookups.shutdown(wait=False, cancel_futures=True)

    def _session(self, allow_private: frozenset[str]) -> aiohttp.ClientSession:
        if allow_private not in self._sessions:
            gate = Gate(allow_private)
            connector = aiohttp.TCPConnector(
                resolver=_GatedResolver(gate, self._lookups),
                use_dns_cache=False,
                socket_factory=lambda info: _gated_socket(gate, info),
                limit=0,  # Scrapy's slots count already
            )
            self._sessions[allow_private] = aiohttp.ClientSession(
                connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
            )
        return self._sessions[allow_private]


class _GatedResolver(AbstractResolver):
    """Looks names up and shows the gate every address before any is used.

    In threads of its own: a name server that does not answer holds a thread for half a minute, and the loop's
    few threads carry everything else the worker does.
    """

    def __init__(self, gate: Gate, threads: ThreadPoolExecutor) -> None:
        self._gate = gate
        self._threads = threads

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        look_up = partial(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM, 0, socket.AI_ADDRCONFIG)
        found = await asyncio.get_running_loop().run_in_executor(self._threads, look_up)
        self._gate.approve(host, port, (str(address[0]) for *_, address in found))
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=int(address[1]),
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """The threads are the handler's."""


def _gated_socket(gate: Gate, info: aiohttp.AddrInfoType) -> socket.socket:
    """The last word before a connection, for names and bare numbers alike."""
    family, kind, protocol, _, address = info
    gate.check(str(address[0]), int(address[1]))
    return socket.socket(family, kind, protocol)


async def _body(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Read and unpack piece by piece: a small packed body may hold gigabytes."""
    if (response.content_length or 0) > limit:
        raise TooLargeError(str(response.url), limit)
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise TooLargeError(str(response.url), limit)
    return bytes(body)


@contextmanager
def _as_scrapy_errors(url: str, total_time: timedelta) -> Iterator[None]:
    """Name what went wrong in Scrapy's words, so that its retry middleware understands."""
    try:
        yield
    except TimeoutError as error:
        raise DownloadTimeoutError(f"{url} took longer than {total_time.total_seconds():g} s") from error
    except aiohttp.ClientConnectorDNSError as error:
        raise CannotResolveHostError(str(error)) from error
    except (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch) as error:
        raise CertificateError(str(error)) from error
    except aiohttp.ClientConnectorError as error:
        raise DownloadConnectionRefusedError(str(error)) from error
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
        raise UnsupportedURLSchemeError(str(error)) from error
    except aiohttp.ClientError as error:
        raise DownloadFailedError(str(error)) from error
