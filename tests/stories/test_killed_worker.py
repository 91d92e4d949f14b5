"""A worker killed with -9 anywhere between collecting and telling loses nothing and counts nothing twice."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.notifier import Notifier
from alerting.notifiers.slack import PLUGIN as SLACK
from crawlers.crawl import Collector
from crawlers.rounds import CrawlSettings
from desk.clocks import SimulatedClock
from desk.rehearsal.posts import Strand
from desk.rehearsal.serving import serving
from desk.rehearsal.slack import SlackContract, slack_app
from tests.stories.conftest import AFTERNOON
from tests.stories.dying import Fate, FragileChannel, FragileStorage, Life
from tests.stories.posts import texts
from tests.stories.rows import Said, differing, said
from tests.stories.slot import slot
from tests.world import Chat
from wanglou.domain.agency import Config
from wanglou.domain.delivery import DeliveryKind, DeliveryState, Message
from wanglou.domain.delivery import Outcome as Answer
from wanglou.domain.incident import first_broken
from wanglou.domain.source import SourceHealth, SourceState
from wanglou.storage.engine import SqlStorage

COMPLAINTS = texts(Strand.COMPLAINT)
DROPS = ("history-social", "history-forum")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Watch:
    """One run from the first file to the last message, over a database and a drop folder of its own."""

    life: Life
    storage: SqlStorage

    def through(self) -> None:
        """Files and posts come in three waves; the worker is started again whenever it dies."""
        for wave in (self.drop_lines, self.show_posts, self.drop_table):
            wave()
            self.life.turn()
            self.life.world.clock.advance(MINUTE)
        self.life.turn()

    def drop_lines(self) -> None:
        lines = [json.dumps(post, ensure_ascii=False) for post in _posts(COMPLAINTS[:24], 9 * MINUTE)]
        _drop(self.life.drops / "social" / "a.jsonl", "\n".join(lines))

    def show_posts(self) -> None:
        whole = replace(self.life.world.parts, storage=self.storage)  # the site's doing, not the worker's
        replace(self.life.world, parts=whole).sees(COMPLAINTS[24:32], at=AFTERNOON)

    def drop_table(self) -> None:
        posts = list(_posts([*COMPLAINTS[32:44], f"转发 {COMPLAINTS[0]}"], MINUTE, place="forum"))
        path = self.life.drops / "forum" / "b.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, list(posts[0]))
            table.writeheader()
            table.writerows([*posts, {**posts[0], "title": "", "text": "", "url": "http://forum.example/x"}])

    @property
    def chat(self) -> Chat:
        return self.life.world.chat

    def left_in_folders(self) -> list[str]:
        return [path.name for path in self.life.drops.glob("*/*") if path.is_file()]

    def repeated(self) -> int:
        """Messages that people saw more often than once."""
        seen = Counter((m.delivery, m.address) for m in self.chat.posts)
        return sum(n - 1 for n in seen.values())


@dataclass(frozen=True)
class Outcome:
    """What a run left behind."""

    rows: Said
    left: list[str]
    put_away: list[str]


@pytest.fixture(scope="session")
def begun(
    agency: Config, two_quiet_weeks: Callable[[datetime], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Watch]:
    """Begin a watch over a fresh copy of two quiet weeks, in the place of the one before.

    Model, words and compiled statements are loaded once for all.
    """
    home = tmp_path_factory.mktemp("killed") / "data"
    place = slot(_brief(agency), two_quiet_weeks(AFTERNOON), home, AFTERNOON)

    def begin(kills: Sequence[int] = (), slack: Notifier | None = None) -> Watch:
        world, fate = place.begin(), Fate(frozenset(kills))
        crawling = CrawlSettings(folders_under=home, folder_page_bytes=3000)
        channels = {"inbox": world.parts.notifiers["inbox"], "slack": slack or world.chat}
        world.parts = replace(
            world.parts,
            storage=FragileStorage(place.storage, fate),
            collector=Collector(crawling, world.clock),
            notifiers={kind: FragileChannel(channel, fate) for kind, channel in channels.items()},
        )
        _only_drops(world.parts.config, place.storage, world.clock)
        return Watch(Life(world, fate, home / "history"), place.storage)

    return begin


def _brief(agency: Config) -> Config:
    """The same agency with books of two steps: as many kinds of message, fewer of each."""
    books = {name: replace(book, steps=book.steps[:2]) for name, book in agency.books.items()}
    return replace(agency, books=books)


def _only_drops(config: Config, storage: SqlStorage, clock: SimulatedClock) -> None:
    """Only the drop folders are due; the sites have been looked at and are seen."""
    tomorrow = clock.now() + timedelta(days=1)
    with storage.begin() as uow:
        for source in config.sources:
            next_at = None if source in DROPS else tomorrow
            uow.sources.save_health(
                SourceHealth(source, SourceState.LIVE, clock.now(), clock.now(), next_at=next_at)
            )
        uow.commit()


def _posts(said: Sequence[str], ago: timedelta, place: str = "social") -> Iterator[dict[str, str]]:
    for n, text in enumerate(said):
        at = AFTERNOON - ago + n * timedelta(seconds=5)
        yield {
            "url": f"http://{place}.example/{n}",
            "title": "",
            "text": text,
            "author": f"{place}{n}",
            "published_at": at.isoformat(),
        }


def _drop(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(body, encoding="utf-8")


def outcome(watch: Watch) -> Outcome:
    folders = watch.life.drops
    put_away = sorted(f"{p.parent.parent.name}/{p.name}" for p in folders.glob("*/done/*"))
    return Outcome(said(watch.storage), watch.left_in_folders(), put_away)


@pytest.fixture(scope="session")
def undisturbed(begun: Callable[..., Watch]) -> Outcome:
    watch = begun()
    watch.through()
    return outcome(watch)


def faults(watch: Watch, undisturbed: Outcome) -> list[str]:
    """Everything a restart did otherwise than a run that nobody killed; empty if nothing."""
    found, chat = outcome(watch), watch.chat
    wrong = [f"other {name}" for name in differing(found.rows, undisturbed.rows)]
    if found.left or found.put_away != undisturbed.put_away:
        wrong.append(f"files: left {found.left}, put away {found.put_away}")
    [incident] = watch.life.world.incidents()
    with watch.storage.look() as uow:
        record, sent = uow.incidents.timeline(incident.id), uow.deliveries.of_incident(incident.id)
    if first_broken(record) is not None:
        wrong.append("the record is broken")
    arrived = {m.delivery for m in (*chat.posts, *chat.edits)}
    for delivery in sent:
        told = delivery.id in arrived or delivery.channel.startswith("inbox")
        if delivery.state is not DeliveryState.SUPERSEDED and not (
            delivery.state is DeliveryState.SENT and told
        ):
            wrong.append(f"{delivery.change} to {delivery.channel} is {delivery.state}, arrived: {told}")
    return wrong


def _sent_to_slack(watch: Watch) -> set[str]:
    """What the rows say was posted; an edited card is no post."""
    [incident] = watch.life.world.incidents()
    with watch.storage.look() as uow:
        told = uow.deliveries.of_incident(incident.id)
    posts = [d for d in told if d.channel.startswith("slack:") and d.kind is not DeliveryKind.CARD_UPDATE]
    assert {d.state for d in posts} == {DeliveryState.SENT}
    return {d.id for d in posts}


def test_an_undisturbed_run_opens_one_incident_and_puts_its_files_away(
    begun: Callable[..., Watch], undisturbed: Outcome
) -> None:
    watch = begun()
    watch.through()
    assert faults(watch, undisturbed) == []
    assert watch.repeated() == 0
    assert undisturbed.put_away == ["forum/b.csv", "forum/b.csv.rejected.txt", "social/a.jsonl"]
    assert len(undisturbed.rows.incidents) == 1
    assert {m.kind for m in (*watch.chat.posts, *watch.chat.edits)} == set(DeliveryKind) - {
        DeliveryKind.DIGEST
    }


@pytest.mark.slow
def test_a_kill_at_any_point_loses_nothing_and_shows_at_most_one_message_twice(
    begun: Callable[..., Watch], undisturbed: Outcome
) -> None:
    wrong: list[str] = []
    for point in count():
        watch = begun([point])
        watch.through()
        if not watch.life.fate.died:
            break
        found = faults(watch, undisturbed)
        found += [f"{watch.repeated()} messages repeated"] if watch.repeated() > 1 else []
        wrong += [f"point {point}, {watch.life.fate.died[0]}: {fault}" for fault in found]
    assert wrong == []
    assert point > 50


@given(st.sets(st.integers(0, 80), min_size=2, max_size=4))
@settings(max_examples=6, deadline=None)
def test_a_worker_killed_again_while_it_recovers_still_loses_nothing(
    begun: Callable[..., Watch], undisturbed: Outcome, kills: set[int]
) -> None:
    watch = begun(sorted(kills))
    watch.through()
    assert faults(watch, undisturbed) == []
    assert watch.repeated() <= len(kills)


def test_a_kill_after_the_note_and_before_the_file_is_moved_leaves_one_note(
    begun: Callable[..., Watch], undisturbed: Outcome
) -> None:
    watch = begun()
    note = watch.life.drops / "forum" / "done" / "b.csv.rejected.txt"
    note.parent.mkdir(parents=True)
    note.write_text("half a no", encoding="utf-8")
    watch.through()
    assert faults(watch, undisturbed) == []
    assert "neither title nor text" in note.read_text(encoding="utf-8")


@dataclass
class StumblingChannel:
    """A channel whose first send for each message ends in a way nobody foresaw."""

    chat: Chat
    tried: set[str] = field(default_factory=set)

    def send(self, message: Message) -> Answer:
        if message.delivery not in self.tried:
            self.tried.add(message.delivery)
            raise LookupError(message.delivery)
        return self.chat.send(message)


def test_a_channel_that_fails_in_a_way_nobody_foresaw_is_tried_again(
    begun: Callable[..., Watch], undisturbed: Outcome
) -> None:
    stumbling = StumblingChannel(Chat())
    watch = begun(slack=stumbling)
    watch.through()
    for _ in range(10):
        watch.life.world.clock.advance(MINUTE)
        watch.life.turn()
    told = {m.delivery for m in (*stumbling.chat.posts, *stumbling.chat.edits)}
    assert told >= _sent_to_slack(watch)
    assert watch.life.world.house_incidents() == []


def test_a_kill_right_after_a_message_was_sent_shows_it_once_where_the_channel_can_be_asked(
    begun: Callable[..., Watch], undisturbed: Outcome
) -> None:
    contract = SlackContract(
        "xoxb-test",
        "signing",
        SimulatedClock(AFTERNOON),
        {"anyu-watch": "C0000ANYU", "duty-desk": "C0000DESK"},
    )
    with serving(slack_app(contract), "chat") as origin:
        slack = SLACK({"slack": contract.token}, {"base_url": f"{origin}/api/"})
        watch = begun(slack=slack)
        watch.through()
        passed = watch.life.fate.passed
        after_sending = [n + 1 for n, where in enumerate(passed) if where.startswith("before sending")]
        for point in after_sending:
            contract.posts.clear()
            watch = begun([point], slack=slack)
            contract.clock = watch.life.world.clock
            watch.through()
            assert watch.life.fate.died == ["before a commit"]
            assert differing(outcome(watch).rows, undisturbed.rows) == []
            seen = Counter(post.metadata["event_payload"]["delivery"] for post in contract.posts)
            assert set(seen.values()) == {1}, point
            assert set(seen) == _sent_to_slack(watch), point
    assert contract.refusals == []
