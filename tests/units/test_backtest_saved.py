"""Kept backtests: they come back as they were, to each reader their own clients, and can be forgotten."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk.backtesting.result import ClientResult, Link, Report
from desk.backtesting.saved import FOLDER, HEAD, KEPT, Shelf
from tests.backtests_sample import sample_report
from wanglou.domain.person import Access

EVERYONE = Access("he", None)
WANG = Access("wang", frozenset({"anju"}))


@pytest.mark.parametrize("two", [True, False])
def test_what_was_kept_comes_back(tmp_path: Path, two: bool) -> None:  # noqa: FBT001 -- a parameter of the test
    report = sample_report(two=two)
    name = Shelf(tmp_path).keep(report)
    kept = Shelf(tmp_path).run(EVERYONE, name)
    assert kept == replace(report, remarks=report.remarks[:1])  # what names a client is not for every reader
    [head] = Shelf(tmp_path).runs(EVERYONE)
    assert (head.name, head.made_at) == (name, report.made_at)
    assert head.configs == (("config", "sharper") if two else ("sharper",))


def test_a_run_kept_before_rules_had_names_says_their_ids(tmp_path: Path) -> None:
    name = Shelf(tmp_path).keep(sample_report())
    head = tmp_path / FOLDER / name / HEAD
    fields = json.loads(head.read_text(encoding="utf-8"))
    del fields["rule_names"]
    head.write_text(json.dumps(fields), encoding="utf-8")
    kept = Shelf(tmp_path).run(EVERYONE, name)
    assert kept is not None
    assert kept.other is not None
    assert kept.one.rule_said("surge", "zh") == kept.other.rule_said("surge", "en") == "surge"


def test_addresses_of_mentions_are_not_kept(tmp_path: Path) -> None:
    report = sample_report(two=False)
    anju = report.one.clients["anju"]
    linked = replace(anju.alerts[0], links=(Link("http://forum.example/p/7", anju.alerts[0].at),))
    result = replace(anju, alerts=(linked,), catches=(), false=())
    Shelf(tmp_path).keep(replace(report, one=replace(report.one, clients={"anju": result})))
    written = "".join(path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.json"))
    assert "forum.example" not in written


def test_a_reader_finds_their_own_clients_alone(tmp_path: Path) -> None:
    name = Shelf(tmp_path).keep(sample_report())
    kept = Shelf(tmp_path).run(WANG, name)
    assert kept is not None
    assert kept.other is not None
    assert list(kept.one.clients) == list(kept.other.clients) == ["anju"]
    assert list(kept.compared or {}) == ["anju"]
    nobody = Access("chen", frozenset({"shihe"}))
    assert Shelf(tmp_path).runs(nobody) == []
    assert Shelf(tmp_path).run(nobody, name) is None


def test_a_client_can_be_forgotten_and_the_others_stay(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    name = shelf.keep(sample_report())
    assert shelf.forget("anju") == 1
    assert shelf.forget("anju") == 0
    kept = shelf.run(EVERYONE, name)
    assert kept is not None
    assert list(kept.one.clients) == ["hemuli"]
    assert not [p for p in tmp_path.rglob("*") if p.is_file() and "安屿" in p.read_text(encoding="utf-8")]
    assert shelf.runs(WANG) == []


def test_a_run_that_holds_nobody_any_more_goes_as_a_whole(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.keep(sample_report())
    assert [shelf.held(client) for client in ("anju", "hemuli", "shihe")] == [1, 1, 0]
    assert shelf.forget("anju") + shelf.forget("hemuli") == 2
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_what_a_clients_file_no_longer_lets_us_keep_goes_and_the_others_stay(tmp_path: Path) -> None:
    shelf, report = Shelf(tmp_path), sample_report()
    old, new = report.made_at - timedelta(days=40), report.made_at
    names = [shelf.keep(replace(report, made_at=at)) for at in (old, new)]
    assert shelf.prune({"anju": timedelta(days=30), "hemuli": timedelta(days=50)}, new) == 1
    assert [head.name for head in shelf.runs(WANG)] == [names[1]]
    assert [head.name for head in shelf.runs(EVERYONE)] == [names[1], names[0]]
    assert shelf.prune({"anju": timedelta(days=30), "hemuli": timedelta(days=50)}, new) == 0


def test_of_each_client_the_newest_runs_are_kept(tmp_path: Path) -> None:
    shelf, report = Shelf(tmp_path), sample_report(two=False)
    only = replace(report, one=replace(report.one, clients={"anju": report.one.clients["anju"]}))
    old = shelf.keep(replace(report, made_at=report.made_at - timedelta(days=1)))
    for minute in range(KEPT):
        shelf.keep(replace(only, made_at=only.made_at + timedelta(minutes=minute)))
    forever = timedelta(days=3650)
    assert shelf.prune({"anju": forever, "hemuli": forever}, only.made_at + timedelta(days=1)) == 1
    assert shelf.held("anju") == KEPT
    kept = shelf.run(EVERYONE, old)
    assert kept is not None
    assert list(kept.one.clients) == ["hemuli"]


def test_nothing_kept_is_nothing_to_prune(tmp_path: Path) -> None:
    assert Shelf(tmp_path).prune({"anju": timedelta(days=1)}, sample_report().made_at) == 0


def test_newer_runs_come_first(tmp_path: Path) -> None:
    report = sample_report()
    names = [Shelf(tmp_path).keep(replace(report, made_at=report.made_at.replace(hour=h))) for h in (3, 1, 2)]
    assert [head.name for head in Shelf(tmp_path).runs(EVERYONE)] == [names[0], names[2], names[1]]


@pytest.mark.parametrize("name", ["", "nowhere", "..", "../backtests", "*", "20260101T000000000000-d1ge57"])
def test_a_name_that_is_no_run_finds_nothing(tmp_path: Path, name: str) -> None:
    Shelf(tmp_path).keep(sample_report())
    assert Shelf(tmp_path).run(EVERYONE, name) is None


@pytest.mark.parametrize("damage", ["", "[]", "{}", '{"version": 99}', "\x00"])
@pytest.mark.parametrize("file", [HEAD, "anju.json"])
def test_a_damaged_run_is_passed_over(tmp_path: Path, damage: str, file: str) -> None:
    shelf = Shelf(tmp_path)
    whole = shelf.keep(replace(sample_report(), made_at=sample_report().made_at.replace(hour=1)))
    torn = shelf.keep(sample_report())
    (tmp_path / FOLDER / torn / file).write_text(damage, encoding="utf-8")
    assert shelf.run(EVERYONE, torn) is None
    assert shelf.run(EVERYONE, whole) is not None
    assert whole in [head.name for head in shelf.runs(EVERYONE)]


def test_a_run_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    class Breaks(dict[str, ClientResult]):
        def get(self, *_: object) -> ClientResult:
            raise OSError(28, "No space left on device")

    report = sample_report()
    assert report.other is not None
    broken: Report = replace(report, other=replace(report.other, clients=Breaks()))
    with pytest.raises(OSError, match="No space left"):
        Shelf(tmp_path).keep(broken)
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_files_hold_one_client_each(tmp_path: Path) -> None:
    name = Shelf(tmp_path).keep(sample_report())
    files = sorted((tmp_path / FOLDER / name).iterdir())
    assert [file.name for file in files] == [HEAD, "anju.json", "hemuli.json"]
    assert {json.loads(f.read_text(encoding="utf-8"))["one"]["client"] for f in files[1:]} == {
        "anju",
        "hemuli",
    }
    assert "hemuli" not in files[1].read_text(encoding="utf-8")
