"""Recorded history through the real command: what it says, and that it says it twice."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desk.cli.main import main
from desk.rehearsal.chatter import chatter
from desk.rehearsal.demo_config import Addresses, write_config
from desk.rehearsal.posts import Strand
from desk.sample import SAMPLE_CONFIG
from tests.stories.posts import texts

START = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replay-config")
    write_config(folder, Addresses(*["http://127.0.0.1:9"] * 4), SAMPLE_CONFIG / "lexicon")
    return folder


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day and a half of talk, then the crisis, each line seen a minute after it was published."""
    talk = [(c.published_at, c.text) for c in chatter(START) if START - c.published_at < timedelta(hours=36)]
    posts = texts(Strand.COMPLAINT)[:60]
    crisis = [(START + timedelta(seconds=10 * i), text) for i, text in enumerate(posts)]
    path = tmp_path_factory.mktemp("recorded") / "mentions.jsonl"
    lines = [_line(at, text, number) for number, (at, text) in enumerate(talk + crisis)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _line(at: datetime, text: str, number: int) -> str:
    seen = at + timedelta(minutes=1)
    return json.dumps(
        {
            "source": "a place no config names",
            "url": f"http://forum.example/{number}",
            "title": "",
            "text": text,
            "author": f"读者{number}",
            "published_at": at.isoformat(),
            "fetched_at": seen.isoformat(),
        },
        ensure_ascii=False,
    )


def replayed(stream: Path, config: Path, out: Path) -> list[dict[str, str]]:
    code = main(["replay", str(stream), "--config", str(config), "--incidents", str(out)])
    assert code == 0
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_a_recorded_crisis_is_told_once_and_the_same_way_again(
    stream: Path, config: Path, tmp_path: Path
) -> None:
    told = replayed(stream, config, tmp_path / "one.jsonl")
    opened = [line for line in told if line["kind"] == "opened"]
    assert [(line["client"], line["brand"]) for line in opened] == [("lock", "安屿")]
    assert set(told[0]) == {"client", "brand", "at", "kind", "severity", "polarity", "because"}
    at = datetime.fromisoformat(opened[0]["at"])
    assert START < at <= START + timedelta(minutes=30)
    assert replayed(stream, config, tmp_path / "two.jsonl") == told


def test_a_damaged_line_is_named_and_ends_with_exit_3(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"url": "http://a.example/1", "text": \n', encoding="utf-8")
    assert main(["replay", str(bad), "--config", str(config)]) == 3
    assert "bad.jsonl:1" in capsys.readouterr().err


def test_an_empty_recording_says_so(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    assert main(["replay", str(empty), "--config", str(config)]) == 3
    assert "nothing recorded" in capsys.readouterr().err
