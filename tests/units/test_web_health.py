"""The health page: every source, what is wrong in words, and what only some may see."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from analysis.model import card_of
from desk.web.app import create_app
from desk.web.model import FIGURES
from tests.pages_fakes import Browser, Desk, FakeReader, open_desk, sample_reader
from tests.pages_sample import HOUR, NOW, incident, view_of
from wanglou.domain.drift import Drift, DriftWeek
from wanglou.domain.job import JobRun
from wanglou.domain.model import DeltaState, ModelCard
from wanglou.domain.person import HOUSE
from wanglou.domain.reason import Reason
from wanglou.domain.source import SourceState
from wanglou.ports import ChannelState, Gauges
from wanglou.storage.engine import SqlStorage

SECOND = timedelta(seconds=1)


def desk_of(storage: SqlStorage, reader: FakeReader) -> Desk:
    return open_desk(storage, reader)


def text_of(storage: SqlStorage, reader: FakeReader, person: str = "lin") -> str:
    return desk_of(storage, reader).signed_in(person).get("/health").text


def test_what_needs_a_person_stands_first_with_its_reason(sqlite_storage: SqlStorage) -> None:
    reader = sample_reader()
    last = reader.sources[-1]
    reader.sources = (*reader.sources[:-1], replace(sample_reader(blind=1).sources[0], source=last.source))
    desk = desk_of(sqlite_storage, reader)
    text = desk.signed_in("lin").get("/health").text
    names = [desk.ports.config.sources[s].name for s in (last.source, reader.sources[0].source)]
    assert text.index(names[0]) < text.index(names[1])
    assert "读不了" in text
    assert "timeout_seconds" in text


@pytest.mark.parametrize("state", list(SourceState))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_state_has_words(sqlite_storage: SqlStorage, state: SourceState, language: str) -> None:
    reader = sample_reader()
    reader.sources = tuple(replace(h, state=state, next_at=NOW, last_item_at=NOW) for h in reader.sources)
    answer = desk_of(sqlite_storage, reader).signed_in("lin").get(f"/health?lang={language}")
    assert answer.status_code == 200


def test_a_source_nobody_looks_at_any_more_is_not_called_live(sqlite_storage: SqlStorage) -> None:
    reader = sample_reader()
    old = NOW - timedelta(days=1)
    reader.sources = tuple(replace(h, checked_at=old) for h in reader.sources)
    assert "采集已停" in text_of(sqlite_storage, reader)
    reader.sources = ()
    assert "尚未看过" in text_of(sqlite_storage, reader)


def test_the_agencys_own_troubles_are_for_those_who_see_all_clients(sqlite_storage: SqlStorage) -> None:
    reader = sample_reader()
    reader.show(view_of(replace(incident(), id="house-1", client=HOUSE, brand="slack:#desk", number=9)))
    assert "slack:#desk #9" in text_of(sqlite_storage, reader, "lin")
    assert "slack:#desk #9" not in text_of(sqlite_storage, reader, "wang")


def test_what_runs_behind_the_pages_is_said_in_numbers(sqlite_storage: SqlStorage) -> None:
    desk = desk_of(sqlite_storage, sample_reader())
    gauges = Gauges(1204, {}, {"pending": 2, "leased": 1, "dead": 4}, {}, None)
    browser = Browser(create_app(replace(desk.ports, gauges=lambda: gauges)))
    browser.cookies = desk.signed_in("lin").cookies
    text = browser.get("/health").text
    assert "1,204" in text
    assert "还没有跑过" in text


def running(desk: Desk, *jobs: JobRun, model: ModelCard | None = None) -> Desk:
    """The same desk with these jobs behind it and this model."""
    gauges = Gauges(1204, {}, {"pending": 2, "leased": 1, "dead": 4}, {}, NOW, jobs)
    ports = replace(desk.ports, gauges=lambda: gauges, model=lambda: model)
    return replace(desk, ports=ports, app=create_app(ports))


def a_run(job: str = "turn", *, ago: timedelta = SECOND, trouble: Reason | None = None) -> JobRun:
    ended = NOW - ago
    return JobRun(job, SECOND, ended - 3 * SECOND, ended, ended - 60 * SECOND if trouble else ended, trouble)


def test_a_job_stands_with_its_state_and_what_to_do(sqlite_storage: SqlStorage) -> None:
    failed = Reason("job_failed", {"job": "prune", "found": "OSError: 甲方机密"})
    runs = (
        a_run("turn"),
        a_run("chase", ago=timedelta(minutes=9)),
        a_run("prune", trouble=failed),
        a_run("sweep up"),
    )
    desk = running(desk_of(sqlite_storage, sample_reader()), *runs)
    text = desk.signed_in("lin").get("/health?lang=en").text
    places = [text.index(w) for w in ("delete what has expired", "chase and escalate", "read, notice, judge")]
    assert places == sorted(places)
    assert "sweep up" in text
    assert "OSError: 甲方机密" in text
    assert "last success" in text
    assert "9 min late" in text
    others = desk.signed_in("wang").get("/health?lang=en").text
    assert "delete what has expired" in others
    assert "甲方机密" not in others
    assert "1,204" not in others


def test_a_channel_that_fails_says_since_when_why_and_where_to_send_again(sqlite_storage: SqlStorage) -> None:
    trouble = Reason("slack_refused", {"error": "channel_not_found"})
    dead = ChannelState(
        "slack:#anju-watch",
        "team",
        NOW,
        dead=3,
        dead_since=NOW - HOUR,
        trouble=trouble,
        incident="inc-anju-12",
    )
    waits = ChannelState("slack:U1", "wang", None, 1, NOW, 2, NOW + HOUR, trouble=trouble)
    reader = sample_reader()
    reader.told = (("anju", dead), ("anju", waits), ("hemuli", replace(dead, channel="slack:#tea")))
    back = replace(dead, channel="slack:#back", works_again=True, trouble=None)
    reader.told += (("anju", ChannelState("slack:#night", "team", held=2)), ("anju", back))
    reader.told += (("anju", ChannelState("slack:#next", "team", waiting=1, waiting_since=NOW)),)
    text = desk_of(sqlite_storage, reader).signed_in("wang").get("/health?lang=en").text
    assert "Slack #anju-watch" in text
    assert "安屿智能家居" in text
    assert "channel_not_found" in text
    assert "/incidents/inc-anju-12#part-people" in text
    assert "tried 2 times, next at 15:05" in text
    assert "held for quiet hours" in text
    assert "about to send" in text
    row = text[text.index("#back") :].partition("</tr>")[0]
    assert "alarm" not in row
    assert "#part-people" not in row
    assert "#tea" not in text
    assert "#tea" in desk_of(sqlite_storage, reader).signed_in("lin").get("/health").text


def test_a_channel_nothing_was_sent_by_says_how_to_try_it(sqlite_storage: SqlStorage) -> None:
    text = text_of(sqlite_storage, sample_reader(), "wang")
    assert "wanglou notify test slack:#anju-watch" in text
    assert "#anju-watch" not in text_of(sqlite_storage, sample_reader(), "chen")


def test_the_agencys_own_channel_is_for_those_who_see_all_clients(sqlite_storage: SqlStorage) -> None:
    desk = desk_of(sqlite_storage, sample_reader())
    channels = {"desk": "slack:#desk", "house": "slack:#ops"}
    agency = replace(desk.ports.config.agency, channels=channels)
    ports = replace(desk.ports, config=replace(desk.ports.config, agency=agency))
    desk = replace(desk, ports=ports, app=create_app(ports))
    text = desk.signed_in("lin").get("/health").text
    assert "Slack #desk" in text
    assert re.search(r"Slack #ops<br><small class=\"muted\">望楼自身<", text)
    assert "Slack #desk" not in desk.signed_in("wang").get("/health").text


def test_the_model_is_shown_with_its_card(sqlite_storage: SqlStorage) -> None:
    card = ModelCard("ee0bc343617c6f27", date(2026, 11, 21), 132_042, {"two_class": 0.8906}, 0.59, "v3rs1on")
    desk = running(desk_of(sqlite_storage, sample_reader()), model=card)
    text = desk.signed_in("wang").get("/health").text
    assert all(
        word in text for word in ("ee0bc343617c<", "2026-11-21", "132,042", "89.1 %", "59 %", "v3rs1on")
    )
    unknown = replace(card, trained_on=None, version=None)
    text = running(desk, model=unknown).signed_in("wang").get("/health").text
    assert "文件里没有写" in text
    assert "后台还没有报告" in text


def test_the_shipped_model_tells_when_it_was_trained() -> None:
    card = card_of()
    assert card.trained_on is not None
    assert set(FIGURES) <= set(card.figures)


def test_nobody_sees_it_without_signing_in(sqlite_storage: SqlStorage) -> None:
    assert "sign-in" in str(desk_of(sqlite_storage, sample_reader()).browser().get("/health").url)


def test_a_source_that_is_switched_off_is_named_and_not_called_blind(sqlite_storage: SqlStorage) -> None:
    desk = desk_of(sqlite_storage, sample_reader())
    known = desk.ports.config.sources
    off, *rest = known.values()
    ports = replace(
        desk.ports,
        config=replace(desk.ports.config, sources={s.id: s for s in rest}, resting={off.id: off}),
    )
    assert len(known) == len(rest) + 1
    text = replace(desk, ports=ports, app=create_app(ports)).signed_in("lin").get("/health?lang=en").text
    assert (
        f"Switched off: 1 (enabled: false in sources.yaml; not read and not counted as blind): {off.name}"
        in text
    )
    assert "not looked at yet" not in text


def test_what_corrections_taught_stands_beside_the_model(sqlite_storage: SqlStorage) -> None:
    def shown(version: str, delta: DeltaState) -> str:
        card = replace(card_of(), version=version, delta=delta)
        return running(desk, model=card).signed_in("wang").get("/health?lang=en").text

    desk = desk_of(sqlite_storage, sample_reader())
    name = "a" * 64
    taken = DeltaState(name, NOW, 1234, {"floor": (0.9, 0.912), "held": (0.3, 0.45)})
    assert "nothing, as shipped" in shown("v", DeltaState())
    used = shown(f"v+{'a' * 16}", taken)
    assert "1,234 corrections" in used
    assert "91.2 %" in used
    assert "its next start" not in used
    assert "its next start" in shown("v", taken)
    assert "cannot be used" in shown("v", replace(taken, trouble="/secret/place: half of one"))
    assert "/secret/place" not in shown("v", replace(taken, trouble="/secret/place: half of one"))


def test_drift_is_shown_by_the_week_to_those_who_see_the_house(sqlite_storage: SqlStorage) -> None:
    weeks = (
        DriftWeek(date(2026, 3, 2), 1_234, 0.2, 0.125, 0, None, None),
        DriftWeek(date(2026, 3, 9), 900, 0.31, 0.2, 40, 0.77, 0.25),
    )
    usual = DriftWeek(date(2026, 1, 19), 6_000, 0.19, 0.12, 100, 0.7, 0.3)
    remark = Reason("drift_unsure", {"start": "2026-03-09", "now": 0.31, "usual": 0.19})
    card = replace(card_of(), drift=Drift(weeks, usual, (remark,)))
    desk = running(desk_of(sqlite_storage, sample_reader()), model=card)
    text = desk.signed_in("lin").get("/health?lang=en").text
    shown = ("1,234", "12.5 %", "31.0 %", "77.0 %", "the six before", "Work off the unsure queue")
    assert [word for word in shown if word not in text] == []
    assert "Never seen" not in desk.signed_in("wang").get("/health?lang=en").text
    fresh = running(desk, model=card_of()).signed_in("lin").get("/health?lang=en").text
    assert "No figures yet" in fresh
