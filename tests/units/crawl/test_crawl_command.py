"""``wanglou crawl --once``: what a source shows, on stdout, and nothing kept."""

import json
import shutil
from pathlib import Path

import pytest

from desk.cli import _exits, main
from tests.units.crawl.small_web import Web, feed_of

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def agency(tmp_path: Path, web: Web) -> Path:
    """The sample agency with two sources of our own; the folder it runs in."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    (tmp_path / "config/sources.yaml").write_text(
        f"""sources:
  - {{id: paper, kind: feed, url: "{web.url("/feed")}", allow_private: ["{web.origin}"]}}
  - {{id: exports, kind: drop_folder, url: "file:exports/"}}
  - {{id: odd, kind: feed, url: "{web.url("/feed")}", options: {{colour: red}}}}
  - {{id: resting, kind: feed, url: "{web.url("/feed")}", allow_private: ["{web.origin}"], enabled: false}}
""",
        encoding="utf-8",
    )
    return tmp_path


def crawl(agency: Path, source: str) -> int:
    return main.main(
        ["crawl", "--once", source, "--config", str(agency / "config"), "--data", str(agency / "var")]
    )


def test_the_items_of_a_feed_are_written_as_json_lines(
    agency: Path, web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    web.shows("/feed", feed_of("one"), ETag='"1"')
    assert crawl(agency, "paper") == _exits.DONE
    out, err = capsys.readouterr()
    (item,) = (json.loads(line) for line in out.splitlines())
    assert (item["title"], item["source"], item["dated_by"]) == ("one", "paper", "feed")
    assert (item["published_at"], len(item["key"])) == ("2026-11-03T03:55:00+00:00", 64)
    assert "1 items" in err


def test_a_source_that_is_switched_off_can_be_tried(
    agency: Path, web: Web, capsys: pytest.CaptureFixture[str]
) -> None:
    web.shows("/feed", feed_of("one"))
    assert crawl(agency, "resting") == _exits.DONE
    assert json.loads(capsys.readouterr().out)["source"] == "resting"


def test_looking_leaves_no_trace(agency: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = agency / "var/exports/a.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text('{"title": "一"}\nbroken\n', encoding="utf-8")
    assert crawl(agency, "exports") == _exits.FINDING
    out, err = capsys.readouterr()
    assert json.loads(out)["title"] == "一"
    assert "a.jsonl" in err
    assert [p.name for p in (agency / "var").rglob("*") if p.is_file()] == ["a.jsonl"]


def test_a_source_that_cannot_be_read_is_a_finding_with_its_reason(
    agency: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert crawl(agency, "paper") == _exits.FINDING
    out, err = capsys.readouterr()
    assert out == ""
    assert "gone (HTTP 404)" in err


@pytest.mark.parametrize(("source", "code", "told"), [("nobody", 2, "paper"), ("odd", 1, "colour")])
def test_what_cannot_be_looked_at_is_told(
    agency: Path, capsys: pytest.CaptureFixture[str], source: str, code: int, told: str
) -> None:
    assert crawl(agency, source) == code
    assert told in capsys.readouterr().err
