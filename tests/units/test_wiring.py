"""What wiring builds, and what it says when it cannot."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from desk.cli.main import main
from desk.cli.notify import channels_of
from desk.wiring.shared import (
    SECRET_FILE,
    Place,
    WiringError,
    channel_kinds,
    notifiers_of,
    read_config,
    secret_of,
    storage_of,
)
from wanglou.domain.client import Route

ROOT = Path(__file__).resolve().parents[2]


def place(data: Path) -> Place:
    return Place(ROOT / "config", data, ROOT / "playbooks" / "library")


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = secret_of(place(tmp_path / "data"), {})
    assert secret_of(place(tmp_path / "data"), {}) == first
    assert len(first) >= 32
    assert (tmp_path / "data" / SECRET_FILE).stat().st_mode & 0o777 == 0o600
    assert [p.name for p in (tmp_path / "data").iterdir()] == [SECRET_FILE]


def test_the_environments_secret_comes_first(tmp_path: Path) -> None:
    assert secret_of(place(tmp_path), {"WANGLOU_SECRET": "x" * 40}) == "x" * 40
    assert list(tmp_path.iterdir()) == []


def test_an_empty_secret_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / SECRET_FILE).touch()
    with pytest.raises(WiringError, match="at least 32"):
        secret_of(place(tmp_path), {})


def test_a_data_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WiringError, match="--data"):
        storage_of(place(tmp_path / "file" / "data"))


@pytest.mark.parametrize(
    "command",
    [
        ["up", "--config", str(ROOT / "config"), "--data", "{file}"],
        ["demo", "--data", "{file}"],
        ["demo", "--data", "{file}/below"],
        ["link", "nobody", "--config", str(ROOT / "config"), "--data", "{file}"],
    ],
    ids=lambda command: " ".join(command[:1]),
)
def test_commands_end_with_a_sentence_where_the_data_folder_is_a_file(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder", encoding="utf-8")
    code = main([part.replace("{file}", str(file)) for part in command])
    assert code in {1, 2}
    assert "Traceback" not in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "not a folder"


def loaded_by(module: str, suspects: Sequence[str]) -> list[str]:
    """Which of the suspects a fresh interpreter holds after it has imported the module."""
    question = f"import sys, {module}; print(*[m for m in {list(suspects)} if m in sys.modules])"
    asked = [sys.executable, "-c", question]
    found = subprocess.run(asked, capture_output=True, text=True, check=True, cwd=ROOT)  # noqa: S603 -- ourselves
    return found.stdout.split()


def test_the_web_process_loads_no_crawler_no_trainer_and_no_cutter() -> None:
    assert loaded_by("desk.processes.web", ("scrapy", "sklearn", "scipy", "crawlers", "rjieba")) == []


def test_the_worker_loads_what_fetches_pages_only_when_it_has_pages_to_fetch() -> None:
    on_demand = ("scrapy", "twisted", "aiohttp", "OpenSSL", "cryptography", "feedparser", "trafilatura")
    assert loaded_by("desk.processes.worker", (*on_demand, "sklearn", "scipy", "jieba")) == []


def test_a_start_loads_the_writer_of_log_objects_only_when_objects_are_asked_for() -> None:
    assert loaded_by("desk.cli.up", ("structlog", "rich")) == []


def test_a_channel_that_only_a_route_names_has_its_notifier(tmp_path: Path) -> None:
    config = read_config(place(tmp_path))
    lock = replace(config.clients["lock"], routes=(Route(channels=("slack:#legal",)),))
    routed = replace(config, clients={**config.clients, "lock": lock})
    assert "slack" not in channel_kinds(config)
    assert "slack" in channel_kinds(routed)
    assert channels_of(routed, "lock") == ["inbox:lock", "slack:#legal"]


def test_a_secret_that_is_named_and_not_set_is_told_by_its_variable(tmp_path: Path) -> None:
    config = read_config(place(tmp_path))
    lock = replace(config.clients["lock"], routes=(Route(channels=("slack:#legal",)),))
    agency = replace(config.agency, secrets={"slack": "OUR_TOKEN", "other": "OUR_OTHER"})
    routed = replace(config, agency=agency, clients={**config.clients, "lock": lock})
    with pytest.raises(WiringError, match=r"secrets\.slack; it names these, which are not set: OUR_TOKEN$"):
        notifiers_of(routed, {"OUR_OTHER": "x"})
    unnamed = replace(routed, agency=replace(agency, secrets={}))
    with pytest.raises(WiringError, match=r"under secrets\.slack$"):
        notifiers_of(unnamed, {"OUR_TOKEN": "x"})
