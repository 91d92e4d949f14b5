"""``wanglou doctor``: each thing that can be wrong is said with what to do, and nothing is touched."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from desk.cli import _exits
from desk.cli.main import main
from desk.diagnosis import WATCHED, Finding, Gravity, of_config, of_folder, of_model, of_watch
from desk.pipeline import notice
from desk.sample import SAMPLE_CONFIG
from desk.wiring.shared import Place, read_config
from tests.stories.conftest import LIBRARY
from wanglou.domain.agency import Config
from wanglou.domain.model import DeltaState
from wanglou.domain.person import Role
from wanglou.domain.source import SourceHealth, SourceState
from wanglou.storage.engine import DATABASE_FILE, SqlStorage, open_storage
from wanglou.wording import LANGUAGES, say

NOW = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)


@pytest.fixture(scope="module")
def config() -> Config:
    return read_config(Place(SAMPLE_CONFIG, SAMPLE_CONFIG, LIBRARY))


def codes(found: Iterable[Finding]) -> list[str]:
    listed = list(found)
    assert all(say(f.reason, language) for f in listed for language in LANGUAGES)
    return [f.reason.code for f in listed]


def with_secret(config: Config) -> Config:
    agency = replace(config.agency, secrets=MappingProxyType({"slack": "WANGLOU_SLACK_TOKEN"}))
    return replace(config, agency=agency)


def test_a_secret_that_is_unset_or_empty_is_wrong(config: Config) -> None:
    asks = with_secret(config)
    for environment in ({}, {"WANGLOU_SLACK_TOKEN": ""}):
        assert "doctor_secret_unset" in codes(of_config(asks, environment, TODAY))
    assert "doctor_secret_unset" not in codes(of_config(asks, {"WANGLOU_SLACK_TOKEN": "xoxb"}, TODAY))


def test_holidays_are_asked_for_before_they_run_out(config: Config) -> None:
    until = config.agency.calendar.known_until
    assert until
    assert "doctor_holidays_end" not in codes(of_config(config, {}, until - timedelta(days=60)))
    assert "doctor_holidays_end" in codes(of_config(config, {}, until - timedelta(days=30)))


def test_a_ladder_that_ends_in_nobody_and_a_client_without_a_manager_are_named(config: Config) -> None:
    people = {k: p for k, p in config.agency.people.items() if p.role not in {Role.DIRECTOR, Role.ADMIN}}
    client = replace(next(iter(config.clients.values())), team=MappingProxyType({}))
    bare = replace(
        config,
        agency=replace(config.agency, people=MappingProxyType(people)),
        clients=MappingProxyType({client.id: client}),
    )
    found = codes(of_config(bare, {}, TODAY))
    assert {"doctor_nobody_leads", "doctor_no_account_manager"} <= set(found)


def test_little_room_and_an_open_secret_are_wrong(tmp_path: Path) -> None:
    assert codes(of_folder(tmp_path, free=10 * 1024**3)) == []
    (tmp_path / "secret").write_text("s" * 64)
    (tmp_path / "secret").chmod(0o644)
    assert codes(of_folder(tmp_path, free=1024**2)) == ["doctor_little_room", "doctor_secret_open"]
    (tmp_path / "secret").chmod(0o600)
    assert codes(of_folder(tmp_path, free=10 * 1024**3)) == []


def test_a_folder_that_is_not_there_yet_is_no_fault(tmp_path: Path) -> None:
    [found] = of_folder(tmp_path / "var")
    assert found.gravity is Gravity.CARE


def test_the_worker_notes_its_look_where_the_doctor_reads_it() -> None:
    assert notice.WATCHED == WATCHED


def test_a_worker_that_sleeps_or_runs_on_another_config_is_found(
    sqlite_storage: SqlStorage, config: Config
) -> None:
    assert codes(of_watch(sqlite_storage, config, NOW)) == ["doctor_never_watched"]
    note(sqlite_storage, NOW - timedelta(minutes=1), config.digest)
    assert codes(of_watch(sqlite_storage, config, NOW)) == []
    note(sqlite_storage, NOW - timedelta(minutes=5), "another")
    assert codes(of_watch(sqlite_storage, config, NOW)) == ["doctor_worker_asleep", "doctor_other_config"]


def test_blind_sources_are_named(sqlite_storage: SqlStorage, config: Config) -> None:
    note(sqlite_storage, NOW, config.digest)
    one, other, third = list(config.sources)[:3]
    states = {one: SourceState.BLOCKED, other: SourceState.SILENT, third: SourceState.LATE}
    with sqlite_storage.begin() as uow:
        for source, state in states.items():
            uow.sources.save_health(SourceHealth(source, state, NOW))
        uow.commit()
    found = list(of_watch(sqlite_storage, config, NOW))
    assert codes(found) == ["doctor_source_blocked", "doctor_source_silent"]
    assert found[0].reason.facts["name"] == config.sources[one].name


def note(storage: SqlStorage, watched: datetime, digest: str) -> None:
    with storage.begin() as uow:
        uow.meta.set(WATCHED, watched.isoformat())
        uow.meta.set("config_digest", digest)
        uow.commit()


def doctor(config: Path, data: Path, *more: str) -> int:
    return main(["doctor", "--config", str(config), "--data", str(data), *more])


def test_a_fresh_installation_is_not_ill_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert doctor(SAMPLE_CONFIG, tmp_path / "var") == _exits.DONE
    assert "care " in capsys.readouterr().out
    assert not (tmp_path / "var").exists()


def test_a_sleeping_worker_and_a_config_mistake_are_findings_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    storage = open_storage(tmp_path / DATABASE_FILE)
    note(storage, NOW, "another")
    storage.close()
    assert doctor(SAMPLE_CONFIG, tmp_path, "--quick") == _exits.FINDING
    said = capsys.readouterr()
    assert "没有人在看" in said.out
    assert re.fullmatch("现在就不好使的 [0-9]+ 条，要留意的 [0-9]+ 条", said.err.splitlines()[-1])
    assert doctor(SAMPLE_CONFIG, tmp_path, "--language", "en") == _exits.FINDING
    said = capsys.readouterr()
    assert "nobody watches" in said.out
    assert re.fullmatch("[0-9]+ wrong, [0-9]+ to take care of", said.err.splitlines()[-1])
    assert doctor(tmp_path, tmp_path) == _exits.FINDING
    assert "agency.yaml: is missing" in capsys.readouterr().out


@pytest.mark.parametrize("quick", [(), ("--quick",)])
def test_a_damaged_database_is_a_finding_not_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], quick: tuple[str, ...]
) -> None:
    (tmp_path / DATABASE_FILE).write_text("something else, " * 100)
    assert doctor(SAMPLE_CONFIG, tmp_path, *quick) == _exits.FINDING
    assert "not a SQLite database" in capsys.readouterr().out


def test_a_delta_that_cannot_be_used_and_one_that_waits_for_a_restart_are_named() -> None:
    with_it, without, name = f"v+{'a' * 16}", "v", "a" * 64
    assert codes(of_model(DeltaState(), without)) == []
    assert codes(of_model(DeltaState(name), with_it)) == []
    assert codes(of_model(DeltaState(name), f"{with_it}@0.6")) == []
    assert codes(of_model(DeltaState(name), without)) == ["doctor_delta_waits"]
    assert codes(of_model(DeltaState("b" * 64), with_it)) == ["doctor_delta_waits"]
    assert codes(of_model(DeltaState(), with_it)) == ["doctor_delta_waits"]
    assert codes(of_model(DeltaState(name, trouble="half of one"), without)) == ["doctor_delta_unusable"]
    assert codes(of_model(DeltaState(name, trouble="half of one"), None)) == ["doctor_delta_unusable"]
    assert codes(of_model(DeltaState(name), None)) == []
