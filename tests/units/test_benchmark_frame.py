import json
import sys
from pathlib import Path

import pytest

import benchmarks.ratios
from benchmarks import __main__ as frame
from benchmarks.figure import Figure, Rival
from benchmarks.measuring_data import measuring_data
from benchmarks.posts import posts

BENCHMARK = """
from benchmarks.figure import Rival

def PLUGIN():
    return [Rival("tortoise", 10.0).beaten_by_more("hare", {value}, "steps/s", 4.0)]
"""


@pytest.fixture
def ratios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of benchmarks in the place of the real ones."""
    monkeypatch.setattr(benchmarks.ratios, "__path__", [str(tmp_path)])
    for name in ("fast", "slow", "lame"):
        monkeypatch.delitem(sys.modules, f"benchmarks.ratios.{name}", raising=False)
    return tmp_path


def put(folder: Path, name: str, value: float) -> None:
    (folder / f"{name}.py").write_text(BENCHMARK.format(value=value), encoding="utf-8")


def test_a_ratio_says_how_many_times_better_either_way() -> None:
    assert Rival("r", 2.0).beaten_by_more("n", 10.0, "u", floor=4.0).ratio == 5.0
    assert Rival("r", 10.0).beaten_by_less("n", 2.0, "s", floor=6.0) == Figure(
        "n", 2.0, "s", "r", 10.0, ratio=5.0, floor=6.0, ok=False
    )


def test_every_benchmark_is_run_and_prints_its_line(ratios: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(ratios, "fast", 50.0)
    put(ratios, "slow", 30.0)
    assert frame.main([]) == 0
    fast, slow = capsys.readouterr().out.splitlines()
    assert "x 5.00" in fast
    assert "floor 4" in fast
    assert not fast.endswith("below floor")
    assert slow.endswith("below floor")


def test_a_figure_below_half_its_floor_fails(ratios: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(ratios, "lame", 19.0)
    assert frame.main(["lame"]) == 1
    assert capsys.readouterr().out.rstrip().endswith("FAILS")


def test_a_figure_that_fails_is_measured_once_more_and_the_better_counts(
    ratios: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turns = BENCHMARK.format(value="turns.pop()").replace("def PLUGIN", "turns = [30.0, 5.0]\n\ndef PLUGIN")
    (ratios / "lame.py").write_text(turns, encoding="utf-8")
    assert frame.main(["lame"]) == 0
    said = capsys.readouterr()
    assert "x 3.00" in said.out
    assert "lame is measured again: hare failed" in said.err


def test_json_has_one_object_a_figure(ratios: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(ratios, "fast", 50.0)
    assert frame.main(["--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ratio"] == 5.0


def test_an_unknown_name_is_answered_with_the_known_ones(
    ratios: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(ratios, "fast", 50.0)
    assert frame.main(["quick"]) == 2
    assert "known kinds: fast" in capsys.readouterr().err


def test_made_up_posts_are_the_same_on_every_call(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WANGLOU_SHARED", str(tmp_path))
    assert measuring_data("sentiment") is None
    assert posts(50) == posts(50)
    assert len(set(posts(50))) > 40
