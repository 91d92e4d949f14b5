"""``wanglou match --preview``: what a watch hit of late, and the words that would rid it of noise."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from desk.cli.main import main
from desk.clocks import WallClock
from tests.units.config.agency_folder import VALID
from tests.units.storage.examples import a_mention, an_item
from wanglou.domain.mention import Sentiment
from wanglou.storage.engine import open_storage

NOW = WallClock().now()
RENTALS = [f"安屿小区租房，{n} 室一厅" for n in range(1, 9)]
ANGRY = [f"安屿门锁第 {n} 次打不开，客服不管" for n in range(1, 7)]


@pytest.fixture
def installed(tmp_path: Path) -> list[str]:
    for name, text in VALID.items():
        folder = tmp_path if name.startswith("library") else tmp_path / "config"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (tmp_path / "data").mkdir()
    places = {"config": tmp_path / "config", "data": tmp_path / "data", "library": tmp_path / "library"}
    return [word for name, place in places.items() for word in (f"--{name}", str(place))]


@pytest.fixture
def hit(installed: list[str], tmp_path: Path) -> list[str]:
    """A database in which six people complain, three rooms are to let, and five more were called void."""
    storage = open_storage(tmp_path / "data" / "wanglou.db")
    with storage.begin() as uow:
        for number, text in enumerate([*RENTALS, *ANGRY]):
            at = NOW - timedelta(hours=number + 1)
            item = replace(an_item(number, text, at), title="")
            mention = a_mention(item, label=Sentiment.NEU if number < len(RENTALS) else Sentiment.NEG)
            uow.items.keep([item], at)
            uow.mentions.add([replace(mention, group=f"g{number}")])
            if number in range(5):
                uow.mentions.correct([replace(mention, group=f"g{number}", void=True)])
        old = replace(an_item(99, "安屿小区租房，很久以前", NOW - timedelta(days=8)), title="")
        uow.items.keep([old], NOW - timedelta(days=8))
        uow.mentions.add([a_mention(old, label=Sentiment.NEU)])
        uow.commit()
    storage.close()
    return installed


def test_it_counts_the_hits_and_names_the_words_with_what_each_would_cost(
    hit: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["match", "--preview", "--brand", "安屿", *hit]) == 0
    told = capsys.readouterr().out
    assert "安屿智能家居 · 安屿：近 7 天命中 14 条，其中噪声 8 条（不是在说它，或中性），负面 6 条" in told
    assert "去掉 8 条，噪声 8 条，负面 0 条" in told
    assert "门锁" not in told.partition("最近的命中")[0]
    assert "作废" in told
    assert "很久以前" not in told


def test_it_is_said_in_english_and_as_json_too(hit: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["match", "--preview", "--client", "lock", "--days", "30", "--language", "en", *hit]) == 0
    english = capsys.readouterr().out
    assert "15 hits in 30 days, 9 of them noise" in english
    assert "removes 9, noise 9, negative 0" in english
    assert main(["match", "--preview", "--client", "lock", "--json", *hit]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["client"], found["brand"], found["hits"], found["unwanted"], found["negative"]) == (
        ("lock", "安屿", 14, 8, 6)
    )
    [first, *_] = found["words"]
    assert first["word"] in {"小区", "租房", "室", "一厅"}
    assert (first["hits"], first["unwanted"], first["negative"]) == (8, 8, 0)
    assert found["newest"][0]["void"] is True
    assert found["newest"][0]["title"] == RENTALS[0]


def test_a_brand_nobody_spoke_of_says_so(hit: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["match", "--preview", "--client", "tea", *hit]) == 0
    assert "近 7 天没有命中" in capsys.readouterr().out


def test_what_cannot_be_previewed_is_told_and_nothing_is_made(
    installed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["match", "--preview", "--brand", "无此品牌", *installed]) == 2
    assert "known here: lock: 安屿" in capsys.readouterr().err
    assert main(["match", "--preview", *installed]) != 0
    assert list((tmp_path / "data").iterdir()) == []
    for both_or_none in (["match", *installed], ["match", "-", "--preview", *installed]):
        assert main(both_or_none) == 2
        assert "one of the two" in capsys.readouterr().err


def test_a_watch_written_anew_is_shown_by_what_it_would_still_hit(
    hit: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config" / "clients" / "lock.yaml"
    narrowed = file.read_text("utf-8").replace("    look_alikes", "    watch: 安屿 NOT 租房\n    look_alikes")
    file.write_text(narrowed, encoding="utf-8")
    assert main(["match", "--preview", "--client", "lock", *hit]) == 0
    told = capsys.readouterr().out
    assert "近 7 天命中 6 条，其中噪声 0 条" in told
    assert "另有 8 条是按以前的写法命中的" in told
    assert "室一厅" not in told
    file.write_text(narrowed.replace("安屿 NOT 租房", "潜水"), encoding="utf-8")
    assert main(["match", "--preview", "--client", "lock", *hit]) == 0
    told = capsys.readouterr().out
    assert "近 7 天没有命中" in told
    assert "另有 14 条" in told
