"""A backtest through the real command: a recorded crisis, a running desk's own history, two configs."""

import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from analysis.delta import Delta
from analysis.delta_file import delta_of, save_delta
from analysis.features import BUCKETS
from analysis.model import load_weights
from desk.backtesting.accounts import Accounts
from desk.backtesting.history import Recording
from desk.backtesting.running import Run
from desk.backtesting.saved import Shelf
from desk.cli.main import main
from desk.deltas import Deltas
from desk.learning import learn
from desk.lessons import Gathered
from desk.recorded import in_order
from desk.rehearsal.chatter import chatter
from desk.rehearsal.demo_config import Addresses, write_config
from desk.rehearsal.posts import Strand
from desk.sample import SAMPLE_CONFIG
from desk.wiring.backtest import isolated_run
from desk.wiring.shared import Place, read_config
from tests.stories.conftest import AFTERNOON, LIBRARY
from tests.stories.posts import texts, waves
from tests.world import World
from wanglou.domain.incident import Via
from wanglou.domain.person import Access
from wanglou.domain.span import Span

COMPLAINTS = texts(Strand.COMPLAINT)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Record = dict[str, Any]

BLUNT = "rule: only_loud\nwhen: {signals: [negative_surge], within: 1h, negatives: '>= 30'}\n"
SHARP = "rule: first_surge\nwhen: {signals: [negative_surge], within: 1h, negatives: '>= 5'}\n"
REST = "then: {severity: yellow, topic: from_reading}\nfires_on: {negative_surge: 1, negatives: 40}\n"
QUIET = "stays_quiet_on: {negatives: 40}\n"


def config_with(folder: Path, *rules: str) -> Path:
    """The rehearsal's agency with these rules alone, or with its own where none is given."""
    write_config(folder, Addresses(*["http://127.0.0.1:9"] * 4), SAMPLE_CONFIG / "lexicon")
    if rules:
        shutil.rmtree(folder / "rules")
        (folder / "rules").mkdir()
    for rule in rules:
        name = rule.partition("\n")[0].removeprefix("rule: ")
        (folder / "rules" / f"{name}.yaml").write_text(rule + REST + QUIET, encoding="utf-8")
    return folder


def line(at: datetime, text: str, number: int) -> str:
    row = {
        "source": "square",
        "url": f"http://forum.example/{number}",
        "text": text,
        "author": f"读者{number}",
        "published_at": at.isoformat(),
        "fetched_at": (at + MINUTE).isoformat(),
    }
    return json.dumps(row, ensure_ascii=False)


def recorded_crisis(onset: datetime = AFTERNOON, days: float = 1.25) -> list[str]:
    """Ordinary talk of some days, then complaints that grow for an hour."""
    talk = [(c.published_at, c.text) for c in chatter(onset) if onset - c.published_at < timedelta(days=days)]
    crisis = [(onset + MINUTE * i, text) for i, text in enumerate(COMPLAINTS[:60])]
    return [line(at, text, number) for number, (at, text) in enumerate(talk + crisis)]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "mentions.jsonl"
    path.write_text("\n".join(recorded_crisis()) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def incidents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("known") / "incidents.csv"
    path.write_text("client,brand,topic,onset\nlock,安屿,false_advert,2026-03-10 14:00\n", encoding="utf-8")
    return path


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[..., list[Record]]:
    """Run the command for JSON; its records."""

    def run(*arguments: object, code: int = 0) -> list[Record]:
        capsys.readouterr()
        assert main(["backtest", *map(str, arguments), "--json"]) == code
        return [json.loads(said) for said in capsys.readouterr().out.splitlines()]

    return run


def of(records: Iterable[Record], kind: str, **facts: object) -> list[Record]:
    wanted = {"record": kind, **facts}
    return [r for r in records if all(r.get(key) == value for key, value in wanted.items())]


def test_a_recorded_crisis_is_caught_and_the_quiet_clients_raise_nothing(
    recording: Path, incidents: Path, tmp_path: Path, told: Callable[..., list[Record]]
) -> None:
    records = told(recording, "--config", config_with(tmp_path), "--incidents", incidents)
    alert, *_ = of(records, "alert")
    assert (alert["client"], alert["brand"], alert["kind"]) == ("lock", "安屿", "opened")
    assert alert["because"]
    assert alert["mentions"] >= 5
    assert [link["url"].startswith("http://forum.example/") for link in alert["links"]] == [True] * 3
    assert "slack:#anyu-watch" in alert["channels"]
    [caught] = of(records, "incident")
    assert caught["caught"] is True
    assert -60 <= caught["minutes_earlier"] < 0
    assert {r["client"]: r["false_alarms"] for r in of(records, "client")} == {"home": 0, "lock": 0, "tea": 0}


def test_without_a_list_every_alert_is_a_false_alarm_and_a_remark_says_so(
    recording: Path, tmp_path: Path, told: Callable[..., list[Record]]
) -> None:
    records = told(recording, "--config", config_with(tmp_path), "--language", "en")
    [lock] = of(records, "client", client="lock")
    assert lock["false_alarms"] == 1
    assert lock["false_alarms_per_brand_week"] == pytest.approx(1 / lock["brand_weeks"], rel=1e-2)
    assert any("--incidents" in remark["text"] for remark in of(records, "remark"))


def test_a_sharper_rule_catches_it_earlier_than_a_blunter_one(
    recording: Path, incidents: Path, tmp_path: Path, told: Callable[..., list[Record]]
) -> None:
    blunt, sharp = config_with(tmp_path / "blunt", BLUNT), config_with(tmp_path / "sharp", SHARP)
    records = told(recording, "--config", blunt, "--compare", sharp, "--incidents", incidents)
    [difference] = of(records, "difference", what="incident")
    assert difference["in"] == "both"
    assert difference["minutes_earlier"] >= 15
    leads = {r["config"]: r["minutes_earlier"] for r in of(records, "incident")}
    assert leads["sharp"] - leads["blunt"] == difference["minutes_earlier"]
    [alert] = of(records, "difference", what="alert", client="lock")
    assert (alert["in"], alert["minutes_earlier"]) == ("both", difference["minutes_earlier"])


def test_each_rule_is_credited_with_what_would_not_come_without_it(
    recording: Path, incidents: Path, tmp_path: Path, told: Callable[..., list[Record]]
) -> None:
    config = config_with(tmp_path, SHARP, BLUNT)
    records = told(recording, "--config", config, "--incidents", incidents)
    rules = {r["rule"]: r for r in of(records, "rule", client="lock")}
    assert [rules[name]["alone_caught"] for name in ("first_surge", "only_loud")] == [1, 1]
    assert [rules[name]["only_caught"] for name in ("first_surge", "only_loud")] == [0, 0]
    alone = told(recording, "--config", config_with(tmp_path / "one", SHARP), "--incidents", incidents)
    [only] = of(alone, "rule", client="lock")
    assert (only["only_alerts"], only["only_caught"]) == (1, 1)


def test_a_client_of_one_config_only_is_named_and_not_compared(
    recording: Path, tmp_path: Path, told: Callable[..., list[Record]]
) -> None:
    one, other = config_with(tmp_path / "one"), config_with(tmp_path / "other")
    (other / "clients" / "tea.yaml").unlink()
    records = told(recording, "--config", one, "--compare", other)
    assert {r["client"] for r in of(records, "difference")} == {"home", "lock"}
    assert any("tea" in remark["text"] for remark in of(records, "remark"))


def test_ctrl_c_ends_it_at_once_and_leaves_nothing_behind(tmp_path: Path) -> None:
    config, scratch, recording = (
        config_with(tmp_path / "config"),
        tmp_path / "scratch",
        tmp_path / "long.jsonl",
    )
    scratch.mkdir()
    # six days take many times longer than a signal to arrive, however busy the machine
    recording.write_text("\n".join(recorded_crisis(days=6)) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "desk.cli", "backtest", str(recording), "--config", str(config)]
    surroundings = {**os.environ, "TMPDIR": str(scratch)}
    # a shell that runs the tests in the background lets them, and whom they start, ignore the signal
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, env=surroundings, stderr=subprocess.PIPE, text=True) as running:  # noqa: S603 -- our own program
        assert running.stderr
        next(said for said in running.stderr if "%" in said)
        running.send_signal(signal.SIGINT)
        assert "Traceback" not in running.stderr.read()
        assert running.wait() == 130
    assert list(scratch.iterdir()) == []


def test_a_person_reads_it_in_either_language(
    recording: Path, incidents: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = config_with(tmp_path)
    asked = ["backtest", str(recording), "--config", str(config), "--incidents", str(incidents)]
    for language, words in (
        ("zh", ("误报", "抓住", "各条规则", "负面成洪")),
        ("en", ("false alarms", "caught", "each rule", "A flood of negatives")),
    ):
        assert main([*asked, "--language", language]) == 0
        said = capsys.readouterr().out
        assert all(word in said for word in words)
        assert "negative_flood" not in said


def test_quiet_days_after_the_crisis_count_toward_the_weeks(
    recording: Path, tmp_path: Path, told: Callable[..., list[Record]]
) -> None:
    """A stretch ends where history ends, however far --to reaches; a week is a week of what was seen."""
    config = config_with(tmp_path)
    asked = (recording, "--config", config, "--from", "2026-03-10", "--to", "2026-03-31")
    [lock] = of(told(*asked), "client", client="lock")
    assert lock["from"] == "2026-03-09T16:00:00+00:00"
    assert datetime.fromisoformat(lock["to"]) < datetime(2026, 3, 10, 8, tzinfo=UTC)
    assert lock["brand_weeks"] == pytest.approx(15 / (7 * 24), abs=0.01)


@pytest.fixture
def all_calm(tmp_path: Path) -> Deltas:
    """A desk that was taught to call everything neutral."""
    base = load_weights()
    blank, full = np.zeros(BUCKETS, np.int8), np.full(BUCKETS, 127, np.int8)
    delta = delta_of(save_delta(Delta(base.id, blank, full, (0.0, 1.0), {}, "")), "calm")
    deltas = Deltas(tmp_path / "taught")
    deltas.take(delta, learn(base, Gathered(()), AFTERNOON).card, [], "root")
    return deltas


def test_texts_are_read_with_what_the_desk_was_taught_and_the_report_names_it(
    all_calm: Deltas, recording: Path, incidents: Path, tmp_path: Path, told: Callable[..., list[Record]]
) -> None:
    asked = (recording, "--config", config_with(tmp_path / "config"), "--incidents", incidents)
    records = told(*asked, "--data", all_calm.data)
    assert of(records, "alert") == []
    assert any(f"+{all_calm.chosen()[:12]}" in remark["text"] for remark in of(records, "remark"))
    assert sorted(path.name for path in all_calm.data.iterdir()) == ["models"]
    all_calm.use_shipped("root", AFTERNOON)
    again = told(*asked, "--data", all_calm.data)
    assert of(again, "alert")
    assert not any("+" in remark["text"].replace("“+”", "") for remark in of(again, "remark"))


def test_a_replay_reads_with_what_the_desk_was_taught(
    all_calm: Deltas, recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["replay", str(recording), "--config", str(config_with(tmp_path / "config"))]
    assert main([*asked, "--data", str(all_calm.data)]) == 0
    assert capsys.readouterr().out == ""
    next(all_calm.folder.glob("delta-*.npz")).write_bytes(b"")
    assert main([*asked, "--data", str(all_calm.data)]) == 0
    said = capsys.readouterr()
    assert "reading with the weights as shipped" in said.err
    assert said.out


# ---- a running desk's own history


@pytest.fixture
def lived(world: World) -> World:
    """A desk that lived through the crisis: one incident opened, taken, and closed by its people."""
    for wave in waves(COMPLAINTS[:40], 4):
        world.sees(wave)
        world.run(minutes=1)
    incident, director = world.incident(), world.access("li")
    assert world.acknowledges("wang", incident) is None
    assert world.acts.waive(director, incident.id, "演练", Via.DESK, world.now) is None
    world.parts.storage.close()  # type: ignore[attr-defined]  # the real storage: its WAL goes into the file
    return world


def content(database: Path) -> dict[str, str]:
    """Table → a digest of all its rows."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as rows:
        names = [name for (name,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: hashlib.sha256(repr(rows.execute(f"SELECT * FROM {name}").fetchall()).encode()).hexdigest()  # noqa: S608 -- our own tables' names
            for name in names
        }


def test_a_desk_is_tried_on_its_own_past_and_nothing_of_it_changes(
    lived: World, tmp_path: Path, told: Callable[..., list[Record]]
) -> None:
    """The same rules catch the same incident within the five minutes that a simulated tick is wide."""
    database, posts = tmp_path / "wanglou.db", len(lived.chat.posts)
    before, rows = hashlib.sha256(database.read_bytes()).hexdigest(), content(database)
    config = config_with(tmp_path / "config")
    records = told("--config", config, "--data", tmp_path, "--from", "2026-03-10T13:30")
    [caught] = of(records, "incident")
    assert (caught["client"], caught["number"], caught["caught"]) == ("lock", 1, True)
    assert -5 <= caught["minutes_earlier"] <= 0
    assert of(records, "client", client="lock")[0]["false_alarms"] == 0
    assert hashlib.sha256(database.read_bytes()).hexdigest() == before
    assert content(database) == rows
    assert len(lived.chat.posts) == posts


def test_what_the_desk_dismissed_as_nothing_is_a_false_alarm(
    world: World, tmp_path: Path, told: Callable[..., list[Record]]
) -> None:
    for wave in waves(COMPLAINTS[:40], 4):
        world.sees(wave)
        world.run(minutes=1)
    why = ("known_campaign", Via.DESK, world.now)
    assert world.acts.dismiss(world.access("wang"), world.incident().id, *why) is None
    config = config_with(tmp_path / "config")
    records = told("--config", config, "--data", tmp_path, "--from", "2026-03-10T13:30")
    assert of(records, "incident") == []
    assert of(records, "client", client="lock")[0]["false_alarms"] == 1


def test_the_database_that_the_environment_names_is_the_history_not_the_scratch_pad(
    lived: World, tmp_path: Path, told: Callable[..., list[Record]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lived
    monkeypatch.setenv("WANGLOU_DATABASE", str(tmp_path / "wanglou.db"))
    rows = content(tmp_path / "wanglou.db")
    records = told("--config", config_with(tmp_path / "config"), "--data", tmp_path / "elsewhere")
    assert len(of(records, "incident")) == 1
    assert content(tmp_path / "wanglou.db") == rows
    assert not (tmp_path / "elsewhere").exists()


def test_a_replay_keeps_away_from_the_database_that_the_environment_names(
    lived: World, recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lived
    monkeypatch.setenv("WANGLOU_DATABASE", str(tmp_path / "wanglou.db"))
    rows = content(tmp_path / "wanglou.db")
    assert main(["replay", str(recording), "--config", str(config_with(tmp_path / "config"))]) == 0
    assert content(tmp_path / "wanglou.db") == rows


def test_a_kept_result_is_what_was_said(
    recording: Path, incidents: Path, tmp_path: Path, told: Callable[..., list[Record]]
) -> None:
    asked = (recording, "--config", config_with(tmp_path / "config"), "--incidents", incidents)
    records = told(*asked, "--data", tmp_path / "data", "--save")
    shelf = Shelf(tmp_path / "data")
    [head] = shelf.runs(Access("li", None))
    kept = shelf.run(Access("li", None), head.name)
    assert kept is not None
    lock = kept.one.clients["lock"]
    assert [a.at.isoformat() for a in lock.alerts] == [r["at"] for r in of(records, "alert", client="lock")]
    assert lock.caught == 1
    assert shelf.runs(Access("nobody", frozenset())) == []


def test_a_folder_that_cannot_be_written_is_named(
    recording: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    (tmp_path / "file").touch()
    asked = (recording, "--config", config_with(tmp_path / "config"), "--data", tmp_path / "file", "--save")
    assert "make room there, or leave out --save" in refused(*asked, code=3)


# ---- laws


def played(config: Path, lines: Sequence[str], folder: Path) -> tuple[Run, Accounts, list[Any]]:
    """Lines in any order through one run: the run, its books, and what it told."""
    path = folder / "lines.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "sorted").mkdir()
    found = in_order([path], folder / "sorted")
    span = Span(AFTERNOON - HOUR, AFTERNOON + 3 * HOUR)
    history = Recording(found.files, found.sources, Span(AFTERNOON - 2 * DAY, span.until))
    checked = read_config(Place(config, folder, LIBRARY))
    with isolated_run(checked, LIBRARY, found.sources, lambda _: None) as run:
        accounts = run.accounts()
        alerts = run.over(history, span, accounts).alerts
    return run, accounts, list(alerts)


def test_the_book_of_all_rules_tells_what_the_desk_tells(tmp_path: Path) -> None:
    _, accounts, alerts = played(config_with(tmp_path / "config"), recorded_crisis(), tmp_path)
    mine = [(a.client, a.brand, a.at, a.change, a.severity, a.rule) for a in accounts.books["all", ""].told]
    assert mine == [(a.client, a.brand, a.at, a.change, a.severity, a.rule) for a in alerts]
    assert mine


LINES = recorded_crisis(days=1)


@pytest.fixture(scope="module")
def in_writing_order(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    folder = tmp_path_factory.mktemp("order")
    return played(config_with(folder / "config", SHARP), LINES, folder)[2]


@settings(max_examples=3, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32))
def test_the_same_history_gives_the_same_answer_in_whatever_order_it_was_written_down(
    tmp_path_factory: pytest.TempPathFactory, in_writing_order: list[Any], seed: int
) -> None:
    shuffled = random.Random(seed).sample(LINES, len(LINES))  # noqa: S311 -- repeatable, not secret
    folder = tmp_path_factory.mktemp("order")
    assert played(config_with(folder / "config", SHARP), shuffled, folder)[2] == in_writing_order
    assert in_writing_order


# ---- bad input


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Run the command; what it says on stderr when it ends with ``code``."""

    def run(*arguments: object, code: int) -> str:
        capsys.readouterr()
        assert main(["backtest", *map(str, arguments)]) == code
        return capsys.readouterr().err

    return run


@pytest.mark.parametrize(
    ("stretch", "says"),
    [
        (("--from", "2026-03-11", "--to", "2026-03-10"), "is not before"),
        (("--from", "soon"), '--from: found "soon"; write a day like 2026-03-01'),
        (("--to", "2026-13-01"), "--to: found"),
        (("--from", "0001-01-01"), "--from: found"),
    ],
)
def test_a_stretch_that_makes_no_sense_is_a_usage_error(
    recording: Path, tmp_path: Path, refused: Callable[..., str], stretch: tuple[str, ...], says: str
) -> None:
    assert says in refused(recording, "--config", config_with(tmp_path), *stretch, code=2)


@pytest.mark.parametrize("stretch", [("2025-01-01", "2025-01-31"), ("2027-01-01", "2027-01-31")])
def test_a_stretch_without_history_names_what_there_is(
    recording: Path, tmp_path: Path, refused: Callable[..., str], stretch: tuple[str, str]
) -> None:
    config = config_with(tmp_path)
    said = refused(recording, "--config", config, "--from", stretch[0], "--to", stretch[1], code=1)
    assert "no history in that stretch; it reaches from 2026-03-09" in said


def test_mistakes_in_either_config_are_named_by_file_and_line(
    recording: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    good, bad = config_with(tmp_path / "good"), config_with(tmp_path / "bad")
    (bad / "rules" / "negative_surge.yaml").write_text("rule: negative_surge\nwhen: {}\n", encoding="utf-8")
    for asked in (("--config", bad), ("--config", good, "--compare", bad)):
        assert "negative_surge.yaml:" in refused(recording, *asked, code=1)


def test_a_corrupt_line_is_named_and_costs_only_itself(
    recording: Path, incidents: Path, tmp_path: Path, told: Callable[..., list[Record]]
) -> None:
    config = config_with(tmp_path / "config")
    whole = told(recording, "--config", config, "--incidents", incidents)
    torn = tmp_path / "torn.jsonl"
    lines = recording.read_bytes().split(b"\n")
    torn.write_bytes(b"\n".join([*lines[:3], b'{"source": "forum", "tex', b"\xd6\xd0", *lines[3:]]))
    records = told(torn, "--config", config, "--incidents", incidents, code=3)
    assert records == whole


def test_corrupt_lines_are_named_by_file_and_line(tmp_path: Path, refused: Callable[..., str]) -> None:
    torn = tmp_path / "torn.jsonl"
    torn.write_bytes(b"{\n" + line(AFTERNOON, "安屿锁", 1).encode() + b"\n\xd6\xd0\n")
    said = refused(torn, "--config", config_with(tmp_path / "config"), code=3)
    assert "torn.jsonl:1: not JSON" in said
    assert "torn.jsonl:3: not UTF-8" in said
    assert "2 recorded lines were left out" in said


def test_a_folder_stands_for_the_recordings_in_it(
    recording: Path, tmp_path: Path, told: Callable[..., list[Record]], refused: Callable[..., str]
) -> None:
    config, folder = config_with(tmp_path / "config"), tmp_path / "recordings"
    folder.mkdir()
    assert "holds no recording" in refused(folder, "--config", config, code=3)
    shutil.copy(recording, folder)
    (folder / "notes.txt").write_text("no recording", encoding="utf-8")
    assert told(folder, "--config", config) == told(recording, "--config", config)


def test_a_database_that_is_not_there_is_named_and_not_made(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    config = config_with(tmp_path / "config")
    said = refused("--config", config, "--data", tmp_path / "nowhere", code=3)
    assert "there is no such file; name its folder with --data" in said
    assert not (tmp_path / "nowhere").exists()


def test_a_database_without_history_says_so(
    sqlite_template: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    shutil.copy(sqlite_template, tmp_path / "wanglou.db")
    said = refused("--config", config_with(tmp_path / "config"), "--data", tmp_path, code=1)
    assert "nothing was ever collected there" in said


def test_an_unknown_client_in_the_list_of_incidents_is_named(
    recording: Path, tmp_path: Path, refused: Callable[..., str]
) -> None:
    bad = tmp_path / "incidents.csv"
    bad.write_text("client,brand,topic,onset\nlok,安屿,,2026-03-10 14:00\n", encoding="utf-8")
    said = refused(recording, "--config", config_with(tmp_path / "config"), "--incidents", bad, code=3)
    assert 'incidents.csv:2: client: there is no client "lok"; did you mean lock?' in said
