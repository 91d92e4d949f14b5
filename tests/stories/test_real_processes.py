"""``wanglou up`` without a network, killed with -9, started twice, and stopped."""

import json
import signal
from pathlib import Path

import pytest

from desk.clocks import WallClock
from desk.pipeline.beat import LEASE
from desk.rehearsal.chatter import chatter
from desk.rehearsal.demo_config import Addresses, write_config
from desk.sample import SAMPLE_CONFIG
from desk.supervisor import STOP_WITHIN
from tests.stories.processes import PATIENCE, Running, eventually, healthz, rows, up

pytestmark = pytest.mark.slow

FIRST_FOLDER = "  - id: history-social"
LINES = 2000


@pytest.fixture
def config(tmp_path: Path, nowhere: str) -> Path:
    """The rehearsal's agency, whose sites and chat answer to nobody."""
    folder = tmp_path / "config"
    write_config(folder, Addresses(nowhere, nowhere, nowhere, nowhere), SAMPLE_CONFIG / "lexicon")
    return folder


def watch_only(config: Path, *, folders: bool) -> None:
    """Leave the feeds or the drop folders."""
    file = config / "sources.yaml"
    feeds, _, rest = file.read_text(encoding="utf-8").partition(FIRST_FOLDER)
    file.write_text(f"sources:\n{FIRST_FOLDER}{rest}" if folders else feeds, encoding="utf-8")


def stops_cleanly(running: Running) -> bool:
    """Whether SIGTERM ends it and all its processes in time, with exit code 0 and without a complaint."""
    children = [running.child("worker"), running.child("web")]
    running.process.send_signal(signal.SIGTERM)
    code = running.ends(within=2 * STOP_WITHIN)
    return code == 0 and not any(c.is_running() for c in children) and not running.says("Traceback")


def test_without_a_network_every_source_is_blind_the_web_answers_and_all_stops_cleanly(
    config: Path, tmp_path: Path, port: int
) -> None:
    watch_only(config, folders=False)
    watched = (config / "sources.yaml").read_text(encoding="utf-8").count("\n  - id: ")
    data = tmp_path / "data"
    with up(config, data, "--port", str(port)) as desk:
        blind = "SELECT source FROM source_health WHERE state = 'blocked' AND trouble_code IS NOT NULL"
        eventually(lambda: len(rows(data, blind)) == watched > 0)
        answer = eventually(lambda: healthz(port))
        assert answer["status"] == "ok"
        assert desk.process.poll() is None
        assert stops_cleanly(desk), desk.lines


def test_for_a_log_store_every_line_is_an_object(config: Path, tmp_path: Path, port: int) -> None:
    watch_only(config, folders=True)
    with up(config, tmp_path / "data", "--port", str(port), "--log-format", "json") as desk:
        eventually(lambda: healthz(port))
        eventually(lambda: desk.says("leads"))
        assert stops_cleanly(desk), desk.lines
    told = [json.loads(line) for line in desk.lines]
    assert {"level", "logger", "message", "timestamp"} <= set.intersection(*map(set, told))
    assert any("starting the worker" in one["message"] for one in told)


def test_a_worker_killed_at_work_is_followed_by_the_one_standing_by_and_all_is_there_once(
    config: Path, tmp_path: Path, port: int
) -> None:
    watch_only(config, folders=True)
    data = tmp_path / "data"
    with up(config, data, "--port", str(port)) as desk:
        eventually(lambda: desk.says("leads"))
        with up(config, data, "--only", "worker") as standby:
            eventually(lambda: standby.says("stands by"))
            worker, folder = desk.child("worker"), _drop_export(data)
            eventually(lambda: rows(data, "SELECT 1 FROM mention LIMIT 1"))
            worker.kill()
            assert desk.ends() == 1
            assert desk.says("--only worker ended with exit code -9; it was killed from outside")
            unread = "SELECT COUNT(*) FROM item WHERE read_at IS NULL"
            assert rows(data, unread) != [(0,)]  # it died with work on its hands
            with up(config, data, "--port", str(port)) as again:
                eventually(
                    lambda: rows(data, unread) == [(0,)] and (folder / "done" / "export.jsonl").exists(),
                    LEASE.total_seconds() + PATIENCE,
                )
                assert standby.says("leads") or again.says("leads")
                assert stops_cleanly(again), again.lines
    assert rows(data, "SELECT COUNT(*) FROM item") == [(LINES,)]
    [(mentions,)] = rows(data, "SELECT COUNT(*) FROM mention")
    assert mentions == LINES  # each line names one brand
    assert rows(data, "SELECT SUM(mentions) FROM volume") == [(mentions,)]


def _drop_export(data: Path) -> Path:
    """What people do: a listening tool's export appears in the folder, whole."""
    folder = data / "history" / "social"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [chat.line for chat in chatter(WallClock().now())[-LINES:]]
    (folder / "export.part").write_text("\n".join(lines), encoding="utf-8")
    (folder / "export.part").rename(folder / "export.jsonl")
    return folder


def test_when_the_supervisor_is_killed_its_processes_do_not_stay_behind(
    config: Path, tmp_path: Path, port: int
) -> None:
    watch_only(config, folders=True)
    with up(config, tmp_path / "data", "--port", str(port)) as desk:
        eventually(lambda: desk.says("leads") and healthz(port))
        family = [desk.child("worker"), desk.child("web")]
        desk.process.kill()
        eventually(lambda: not any(process.is_running() for process in family))
