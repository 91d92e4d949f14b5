"""``wanglou up --dry-run`` says what a start would do; logs are lines, for people or machines."""

import json
import logging
import sys
from pathlib import Path

import pytest

from desk.cli import _exits
from desk.cli.main import main
from desk.logs import LogFormat, formatter
from desk.rehearsal.demo_config import Addresses, write_config
from desk.sample import SAMPLE_CONFIG


def test_it_names_every_source_and_channel_and_leaves_no_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["up", "--dry-run", "--config", str(SAMPLE_CONFIG), "--data", str(tmp_path / "var")]
    assert main(arguments) == _exits.DONE
    told = capsys.readouterr()
    assert "look  ithome  feed  every 5m  https://www.ithome.com/rss/" in told.out
    assert "rest  weibo-hot  board  enabled: false, never looked at  https://weibo.com/" in told.out
    assert "look  weibo-hot" not in told.out
    assert "send  inbox:lock  incidents of lock (安屿智能家居)" in told.out
    assert "qiongye (穹野汽车): no channel" in told.out
    assert "send  sun  incidents of tea (red, orange, food_safety), as well" in told.out
    assert "quiet  tea  22:00–08:00, except red, orange and what a contract's clock needs" in told.out
    assert "nothing was fetched" in told.err
    assert not (tmp_path / "var").exists()


def test_a_channel_that_could_not_start_is_said_before_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WANGLOU_SLACK_TOKEN", raising=False)
    nowhere = Addresses(*["http://127.0.0.1:9"] * len(Addresses.__dataclass_fields__))
    write_config(tmp_path, nowhere, SAMPLE_CONFIG / "lexicon")
    assert main(["up", "--dry-run", "--config", str(tmp_path)]) == _exits.FINDING
    assert "building the channels" in capsys.readouterr().err


def record(message: str, *, failed: bool = False) -> logging.LogRecord:
    try:
        raise ValueError("行\n行") if failed else KeyError
    except (ValueError, KeyError):
        trace = sys.exc_info() if failed else None
    return logging.LogRecord("desk.worker", logging.ERROR, "x.py", 1, message, ("安屿",), trace)


def test_a_record_is_one_line_of_json_with_its_traceback_inside() -> None:
    [line] = formatter(LogFormat.JSON).format(record("judging %s", failed=True)).splitlines()
    said = json.loads(line)
    assert said["message"] == "judging 安屿"
    assert (said["level"], said["logger"]) == ("error", "desk.worker")
    assert "ValueError" in said["exception"]
    assert said["timestamp"].endswith("Z")
    assert "安屿" in line  # readable as it stands


def test_for_people_a_record_reads_as_before() -> None:
    assert formatter(LogFormat.TEXT).format(record("judging %s")).endswith("ERROR desk.worker: judging 安屿")
