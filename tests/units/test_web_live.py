"""Live pages: who hears of what, what was missed, when a stream ends."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

from desk.web.live import OVERLAP, Listener, Live
from tests.pages_fakes import FakeReader, open_desk
from tests.pages_sample import NOW
from wanglou.domain.change import Change
from wanglou.domain.person import Access
from wanglou.ports import Storage

EVERYBODY = Access("he", None)
CHEN = Access("chen", frozenset({"hemuli", "luzhan"}))
QUICK = 0.005
LONG = 60.0


def always() -> bool:
    return True


def run(story: Callable[[FakeReader, Live], Awaitable[None]]) -> None:
    """Play a story; a stream that never answers fails it instead of hanging."""

    async def play() -> None:
        reader = FakeReader()
        live = Live(reader, QUICK)
        await asyncio.wait_for(story(reader, live), LONG)
        live.stop()

    asyncio.run(play())


async def hear(stream: AsyncIterator[str]) -> tuple[str, int, dict[str, str]]:
    """The next event: its name, id and data."""
    text = await anext(stream)
    fields = dict(line.split(": ", 1) for line in text.strip().splitlines())
    return fields["event"], int(fields.get("id", 0)), json.loads(fields["data"])


def test_a_change_reaches_an_open_page() -> None:
    async def story(reader: FakeReader, live: Live) -> None:
        page = live.events(EVERYBODY, None, always, LONG)
        assert (await hear(page))[0] == "hello"
        reader.note("anju", "incident", "inc-1")
        assert await hear(page) == ("change", 1, {"client": "anju", "kind": "incident", "subject": "inc-1"})
        await page.aclose()  # type: ignore[attr-defined]  # an async generator behind its protocol

    run(story)


def test_a_page_hears_only_of_clients_its_reader_may_see() -> None:
    async def story(reader: FakeReader, live: Live) -> None:
        page = live.events(CHEN, None, always, LONG)
        await hear(page)
        reader.note("anju", "incident", "secret")
        reader.note("hemuli", "incident", "inc-2")
        assert (await hear(page))[2]["subject"] == "inc-2"

    run(story)


def test_what_was_missed_comes_first_and_is_filtered_too() -> None:
    async def story(reader: FakeReader, live: Live) -> None:
        for client in ("anju", "hemuli", "anju", "luzhan"):
            reader.note(client, "incident", f"of-{client}")
        page = live.events(CHEN, 1, always, LONG)
        await hear(page)
        assert [(await hear(page))[1] for _ in range(2)] == [2, 4]

    run(story)


def test_what_was_there_before_is_not_told_as_new() -> None:
    async def story(reader: FakeReader, live: Live) -> None:
        for _ in range(5):
            reader.note("anju", "incident", "old")
        page = live.events(EVERYBODY, None, always, LONG)
        await hear(page)
        reader.note("anju", "incident", "new")
        assert (await hear(page))[2]["subject"] == "new"

    run(story)


def test_a_change_committed_late_with_a_lower_id_is_still_told_once() -> None:
    async def story(reader: FakeReader, live: Live) -> None:
        page = live.events(EVERYBODY, None, always, LONG)
        await hear(page)
        reader.noted.append(Change(OVERLAP + 3, "anju", "incident", "first", NOW))
        assert (await hear(page))[2]["subject"] == "first"
        reader.noted.insert(0, Change(OVERLAP + 1, "anju", "incident", "late", NOW))
        assert (await hear(page))[2]["subject"] == "late"
        reader.note("anju", "incident", "next")
        assert (await hear(page))[2]["subject"] == "next"

    run(story)


def test_one_poller_serves_all_pages_and_rests_when_none_is_open() -> None:
    class Counting(FakeReader):
        asked = 0

        def changes(self, access: Access, after: int) -> list[Change]:
            self.asked += access.clients is None
            return super().changes(access, after)

    async def play() -> None:
        reader = Counting()
        live = Live(reader, QUICK)
        pages = [live.events(EVERYBODY, None, always, LONG) for _ in range(20)]
        for page in pages:
            await hear(page)
        before = reader.asked
        reader.note("anju", "incident", "inc-1")
        for page in pages:
            assert (await hear(page))[1] == 1
        assert reader.asked - before < len(pages)
        for page in pages:
            await page.aclose()  # type: ignore[attr-defined]  # an async generator behind its protocol
        task = live._task
        assert task
        await asyncio.wait_for(task, LONG)

    asyncio.run(play())


def test_a_heartbeat_comes_while_nothing_changes() -> None:
    async def story(_: FakeReader, live: Live) -> None:
        page = live.events(EVERYBODY, None, always, QUICK)
        await hear(page)
        assert (await hear(page))[0] == "beat"

    run(story)


def test_a_stream_ends_when_the_session_does() -> None:
    async def story(_: FakeReader, live: Live) -> None:
        page = live.events(EVERYBODY, None, lambda: False, QUICK)
        assert [event async for event in page][1:] == []

    run(story)


def test_busy_changes_do_not_put_off_the_look_at_the_session() -> None:
    async def story(reader: FakeReader, live: Live) -> None:
        page = live.events(EVERYBODY, None, lambda: False, 10 * QUICK)
        await hear(page)
        heard = 0
        reader.note("anju", "mention", "x")
        async for _ in page:
            heard += 1
            reader.note("anju", "mention", "x")
        assert heard < 1000

    run(story)


def test_stopping_ends_every_stream_and_admits_no_new_one() -> None:
    async def story(_: FakeReader, live: Live) -> None:
        page = live.events(EVERYBODY, None, always, LONG)
        await hear(page)
        live.stop()
        assert [event async for event in page] == []
        assert [event async for event in live.events(EVERYBODY, None, always, LONG)] == []

    run(story)


def test_a_database_that_is_away_for_a_moment_loses_nothing() -> None:
    class Shaky(FakeReader):
        failures = 3

        def changes(self, access: Access, after: int) -> list[Change]:
            if self.failures and self.noted:
                self.failures -= 1
                raise OSError("database is locked")
            return super().changes(access, after)

    async def play() -> None:
        reader = Shaky()
        live = Live(reader, QUICK)
        page = live.events(EVERYBODY, None, always, LONG)
        await hear(page)
        reader.note("anju", "incident", "inc-1")
        assert (await asyncio.wait_for(hear(page), LONG))[1] == 1
        live.stop()

    asyncio.run(play())


def test_a_page_that_lags_behind_keeps_the_newest() -> None:
    async def story(_: FakeReader, __: Live) -> None:
        listener = Listener(EVERYBODY)
        for number in range(1000):
            listener.tell(Change(number, "anju", "mention", "x", NOW))
        queued = [listener.queue.get_nowait() for _ in range(listener.queue.qsize())]
        assert queued[-1]
        assert queued[-1].id == 999
        assert len(queued) < 1000

    run(story)


def test_nobody_listens_without_a_session(sqlite_storage: Storage) -> None:
    answer = open_desk(sqlite_storage).browser().get("/events")
    assert answer.status_code == 401
