"""``wanglou detect``: the product's detectors over a file of counts, and what becomes of bad lines."""

import csv
import io
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.cli import _exits
from desk.cli.main import main
from desk.counted import BadCountsError, laid_out, read_counts

START = datetime(2026, 3, 2, 0, 0)  # noqa: DTZ001 -- files name no zone
STEP = timedelta(minutes=5)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def series(days: int = 8, burst_at: int | None = None) -> list[tuple[datetime, int]]:
    """A quiet week of a brand, and forty voices each five minutes for an hour from ``burst_at`` on."""
    quiet = np.random.default_rng(7).poisson(1.0, days * 288)
    counts = [(START + n * STEP, int(v)) for n, v in enumerate(quiet)]
    if burst_at is not None:
        for n in range(burst_at, burst_at + 12):
            counts[n] = (counts[n][0], 40)
    return counts


def write(path: Path, rows: list[tuple[datetime, int]], header: str = "timestamp,value") -> Path:
    path.write_text("\n".join([header, *(f"{at},{value}" for at, value in rows)]) + "\n", encoding="utf-8")
    return path


def told(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_burst_is_told_once_where_it_stands_out_and_every_line_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = series(burst_at=7 * 288 + 150)
    assert main(["detect", str(write(tmp_path / "c.csv", rows)), "--brand", "安屿"]) == _exits.DONE
    lines = told(capsys.readouterr().out)
    assert [float(line["value"]) for line in lines] == [value for _, value in rows]
    alerts = [n for n, line in enumerate(lines) if line["alert"] == "1"]
    assert alerts
    assert 7 * 288 + 150 <= alerts[0] <= 7 * 288 + 156
    assert all(float(lines[n]["score"]) >= 1 and "安屿" in lines[n]["because"] for n in alerts)
    assert len(alerts) <= 3


def test_a_quiet_week_is_a_finding_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["detect", str(write(tmp_path / "c.csv", series()))]) == _exits.FINDING
    assert {line["score"] for line in told(capsys.readouterr().out)} == {"0.000"}


def test_reasons_are_said_in_either_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "c.csv", series(burst_at=7 * 288))
    assert main(["detect", str(file), "--language", "en"]) == _exits.DONE
    assert "mentions within" in capsys.readouterr().out


@pytest.mark.parametrize(("language", "word"), [("zh", "负面"), ("en", "negative")])
def test_of_negatives_nobody_counted_nothing_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, word: str
) -> None:
    rows = series(burst_at=7 * 288)
    whole = "\n".join(["timestamp,value,negatives", *(f"{at},{value},{value // 9}" for at, value in rows)])
    (tmp_path / "all.csv").write_text(whole, encoding="utf-8")
    write(tmp_path / "some.csv", rows)
    said = {}
    for name in ("all", "some"):
        main(["detect", str(tmp_path / f"{name}.csv"), "--language", language])
        said[name] = [line["because"] for line in told(capsys.readouterr().out) if line["because"]]
    assert all(word in because for because in said["all"])
    assert said["some"]
    assert not any(word in because or "{" in because for because in said["some"])


def test_the_order_of_lines_is_kept_and_does_not_matter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = series(burst_at=7 * 288)
    main(["detect", str(write(tmp_path / "a.csv", rows))])
    straight = told(capsys.readouterr().out)
    main(["detect", str(write(tmp_path / "b.csv", rows[::-1]))])
    assert told(capsys.readouterr().out) == straight[::-1]


def test_a_gap_is_not_a_silence_unless_it_is_said_to_be() -> None:
    counts = read_counts(
        ["timestamp,value", "2026-03-02 00:00,3", "2026-03-02 00:05,2", "2026-03-02 00:20,1"], "c", UTC
    )
    unseen = laid_out(counts, "b", gaps_are_zero=False)
    assert np.isnan(unseen.voices[0]).tolist() == [False, False, True, True, False]
    assert unseen.exposure[0].tolist() == [1, 1, 0, 0, 1]
    zero = laid_out(counts, "b", gaps_are_zero=True)
    assert zero.voices[0].tolist() == [3, 2, 0, 0, 1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "c.csv:1: found the columns []"),
        ("time,count\n1,2\n", "c.csv:1: found the columns"),
        ("timestamp,value\n", "holds no counts"),
        ("timestamp,value\nyesterday,3\n", 'c.csv:2: timestamp: found "yesterday"'),
        ("timestamp,value\n2026-03-02 00:00,-1\n", 'c.csv:2: value: found "-1"'),
        ("timestamp,value\n2026-03-02 00:00,nan\n", 'c.csv:2: value: found "nan"'),
        ("timestamp,value\n2026-03-02 00:00\n", 'c.csv:2: value: found ""'),
        ("timestamp,value\n2026-03-02 00:00,1\n\n2026-03-02 00:04,1\n", "c.csv:4: 2026-03-02T00:04:00"),
        ("timestamp,value,negatives\n2026-03-02 00:00,1,2\n", "c.csv:2: 2 negatives of 1"),
        ("timestamp,value\n2026-03-02 00:00,1\n2026-03-02 01:00,1\n", "counts every 60 minutes"),
        ("timestamp,value\n1970-01-01 00:00,1\n2026-03-02 01:00,1\n", "cut it to 600 days"),
    ],
)
def test_a_bad_line_is_named_with_what_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    file = tmp_path / "c.csv"
    file.write_text(text, encoding="utf-8")
    assert main(["detect", str(file)]) == _exits.UNREADABLE
    captured = capsys.readouterr()
    assert says in captured.err
    assert captured.out == ""


def test_an_unknown_zone_is_a_wrong_command(tmp_path: Path) -> None:
    assert main(["detect", str(write(tmp_path / "c.csv", series(1))), "--zone", "Mars/Base"]) == _exits.USAGE


def test_a_time_with_a_zone_keeps_its_instant() -> None:
    [count] = read_counts(["timestamp,value", "2026-03-02T08:00:00+08:00,1"], "c", UTC)
    assert count.at == datetime(2026, 3, 2, tzinfo=UTC)
    [naive] = read_counts(["timestamp,value", "2026-03-02 08:00:00,1"], "c", SHANGHAI)
    assert naive.at == count.at


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=30), max_size=6))
def test_whatever_a_file_holds_it_is_read_or_said_to_be_wrong(lines: list[str]) -> None:
    with suppress(BadCountsError):  # anything else would be a traceback
        assert len(read_counts(["timestamp,value", *lines], "c", UTC)) <= len(lines)
