import json
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

import benchmarks.ratios
from benchmarks import __main__ as frame
from benchmarks.figure import Figure, Rival
from benchmarks.measuring import alone, measured
from benchmarks.measuring_data import measuring_data
from benchmarks.posts import posts
from benchmarks.ratios import end_to_end

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


def test_every_benchmark_is_run_and_prints_its_line(
    ratios: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(frame, "alone", measured)  # another process would know nothing of this folder
    put(ratios, "fast", 50.0)
    put(ratios, "slow", 30.0)
    assert frame.main([]) == 0
    fast, slow = capsys.readouterr().out.splitlines()
    assert "x 5.00" in fast
    assert "floor 4" in fast
    assert not fast.endswith("below floor")
    assert slow.endswith("below floor")


def test_a_benchmark_among_others_has_a_process_of_its_own() -> None:
    assert "benchmarks.ratios.sitemap_50000" not in sys.modules
    assert [figure.rival for figure in alone("sitemap_50000")] == ["read whole, sorted"] * 2
    assert "benchmarks.ratios.sitemap_50000" not in sys.modules


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


@pytest.mark.parametrize(("troubles", "ends"), [(1, "x 3.00"), (2, "")])
def test_one_that_breaks_off_is_measured_once_more_and_what_ends_it_twice_is_told(
    ratios: Path, capsys: pytest.CaptureFixture[str], troubles: int, ends: str
) -> None:
    body = BENCHMARK.format(value="30.0 / len(turns.pop())")
    turns = f"turns = ['x'] + [''] * {troubles}\n\ndef PLUGIN"
    (ratios / "lame.py").write_text(body.replace("def PLUGIN", turns), encoding="utf-8")
    with nullcontext() if ends else pytest.raises(ZeroDivisionError):
        assert frame.main(["lame"]) == 0
    said = capsys.readouterr()
    assert ends in said.out
    assert "lame is measured again: it broke off with ZeroDivisionError" in said.err


def test_by_the_wall_the_time_in_which_others_had_the_processor_is_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = tmp_path / "schedstat"
    monkeypatch.setattr(end_to_end, "WAITED", waited)
    assert end_to_end.time_spent(lambda: None).wall >= 0
    waited.write_text("7 1000000000 2", encoding="ascii")
    an_hour = "9 3601000000000 4"
    assert end_to_end.time_spent(lambda: waited.write_text(an_hour, encoding="ascii")).wall < 0


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
