"""Live pages: one poller asks for changes, every open page hears of those its reader may see."""

import asyncio
import json
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from wanglou.domain.change import Change
from wanglou.domain.person import Access
from wanglou.ports import DeskReader

log = logging.getLogger(__name__)

POLL_SECONDS = 0.5
HEARTBEAT_SECONDS = 15.0

OVERLAP = 200
"""Ids asked for again each time: transactions that run side by side do not commit in the order of ids."""

WAITING = 256
"""Changes a page may lag behind before it is told to look at everything anew."""

_EVERYTHING = Access("system", None)


@dataclass(eq=False)
class Listener:
    """One open page. ``queue`` holds changes; None ends the stream."""

    access: Access
    queue: asyncio.Queue[Change | None] = field(default_factory=lambda: asyncio.Queue(WAITING))

    def tell(self, change: Change | None) -> None:
        """Hand over without waiting; a page too far behind loses the oldest: any change makes it look."""
        if self.queue.full():
            self.queue.get_nowait()
        self.queue.put_nowait(change)


class Live:
    """The poller and its listeners. It polls only while somebody listens."""

    def __init__(self, reader: DeskReader, poll: float = POLL_SECONDS) -> None:
        self._reader = reader
        self._poll = poll
        self._listeners: set[Listener] = set()
        self._told: OrderedDict[int, None] = OrderedDict()
        self._task: asyncio.Task[None] | None = None
        self._is_over = False

    def stop(self) -> None:
        """End all streams and accept no more; may be called from a signal handler."""
        self._is_over = True
        for listener in self._listeners:
            listener.tell(None)
        if self._task:
            self._task.cancel()

    async def events(
        self,
        access: Access,
        after: int | None,
        may_go_on: Callable[[], bool],
        heartbeat: float = HEARTBEAT_SECONDS,
    ) -> AsyncIterator[str]:
        """Changes as server-sent events: first those missed since ``after``, then each as it comes.

        ``may_go_on`` is asked at each heartbeat; the stream ends when it says no.
        """
        if self._is_over:
            return
        newest = await asyncio.to_thread(self._reader.newest_change)
        listener = Listener(access)
        self._join(listener, newest)
        try:
            yield f"retry: 2000\nid: {newest}\nevent: hello\ndata: {{}}\n\n"
            if after is not None:
                for change in await asyncio.to_thread(self._reader.changes, access, after):
                    yield as_event(change)
            async for text in self._follow(listener, may_go_on, heartbeat):
                yield text
        finally:
            self._listeners.discard(listener)

    async def _follow(
        self, listener: Listener, may_go_on: Callable[[], bool], heartbeat: float
    ) -> AsyncIterator[str]:
        now = asyncio.get_running_loop().time
        beat_at = now() + heartbeat
        while not self._is_over:
            try:
                change = await asyncio.wait_for(listener.queue.get(), max(beat_at - now(), 0))
            except TimeoutError:
                if not await asyncio.to_thread(may_go_on):
                    return
                beat_at = now() + heartbeat
                yield "event: beat\ndata: {}\n\n"
                continue
            if change is None:
                return
            yield as_event(change)

    def _join(self, listener: Listener, newest: int) -> None:
        self._listeners.add(listener)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(newest))

    async def _run(self, last: int) -> None:
        """Ask until nobody listens. What was there at the start is known to the pages already."""
        self._told = OrderedDict.fromkeys(c.id for c in await self._ask(last) if c.id <= last)
        while self._listeners:
            await asyncio.sleep(self._poll)
            changes = await self._ask(last)
            for change in changes:
                if change.id not in self._told:
                    self._tell(change)
            last = max([last, *(c.id for c in changes)])

    async def _ask(self, last: int) -> list[Change]:
        try:
            return await asyncio.to_thread(self._reader.changes, _EVERYTHING, max(last - OVERLAP, 0))
        except Exception:  # the database may be away for a moment; the next look tells
            log.exception("cannot ask for changes")
            return []

    def _tell(self, change: Change) -> None:
        self._told[change.id] = None
        while len(self._told) > 2 * OVERLAP:
            self._told.popitem(last=False)
        for listener in self._listeners:
            if listener.access.may_see(change.client):
                listener.tell(change)


def as_event(change: Change) -> str:
    """One change on the wire. Only what tells a page where to look: no words of anybody."""
    data = json.dumps({"client": change.client, "kind": change.kind, "subject": change.subject})
    return f"id: {change.id}\nevent: change\ndata: {data}\n\n"
