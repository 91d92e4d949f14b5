"""The desk corrects the same mistake again and again, and the agency learns from it by a command."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.drift import week_of
from analysis.model import load_weights
from desk.cli import _learning
from desk.cli.main import main
from desk.correcting import Corrector
from desk.deltas import Deltas
from desk.learning import learn
from desk.lessons import Gathered, gather
from desk.rehearsal.demo_config import Addresses, write_config
from desk.sample import SAMPLE_CONFIG
from tests.stories.conftest import AFTERNOON
from tests.world import World, started
from wanglou.domain.agency import Config
from wanglou.domain.correction import CorrectionKind
from wanglou.domain.drift import ReadingCount
from wanglou.domain.mention import Reading
from wanglou.domain.span import Span

PLACES = ("门店", "专柜", "官网", "展厅", "站台", "快闪店", "旗舰店", "食堂", "机场", "书店", "车站", "影院")
BAD = (
    "安屿{}翻沟名单更新",
    "安屿的{}翻沟三连",
    "路过安屿{}，翻沟现场",
    "说一句，安屿{}翻沟",
    "安屿{}排队看翻沟",
    "周末安屿{}翻沟记录",
    "转给朋友，安屿{}翻沟",
    "翻沟安屿{}一号",
)
CALM = (
    "安屿{}名单更新",
    "安屿{}排队看新品",
    "周末安屿{}开门记录",
    "安屿{}合集，第三期",
    "路过安屿{}，没进去",
    "安屿的{}搬了",
)


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    """The options that name this agency's folders."""
    config = tmp_path / "config"
    config.mkdir()
    write_config(config, Addresses(*["http://127.0.0.1:9"] * 4), SAMPLE_CONFIG / "lexicon")
    return ["--config", str(config), "--data", str(tmp_path)]


@pytest.fixture
def world(open_at: Callable[[datetime], World]) -> World:
    return open_at(AFTERNOON)


def readings(world: World) -> dict[str, tuple[str, Reading]]:
    """Text → item, and how it reads."""
    span = Span(world.now - timedelta(hours=9), world.now + timedelta(hours=1))
    with world.parts.storage.look() as uow:
        seen = uow.mentions.of_brand(world.access("zhou"), "lock", "安屿", span, 1_000)
    return {s.item.text: (s.mention.item_key, s.mention.reading) for s in seen}


def corrects(world: World, sayings: tuple[str, ...], label: str) -> None:
    texts = [saying.format(place) for saying in sayings for place in PLACES]
    world.sees(texts, every=timedelta(minutes=1))
    world.turn()
    desk = Corrector(world.parts.storage, world.parts.config)
    known = readings(world)
    for text in texts:
        item, said = known[text]
        if said.unsure or said.label.value != label:
            desk.correct(
                world.access("zhou"), "lock", "安屿", item, CorrectionKind.SENTIMENT, label, world.now
            )


def test_a_desk_with_few_corrections_is_told_how_many_are_missing(
    world: World, folders: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    world.parts.storage.close()  # type: ignore[attr-defined]  # the real storage
    assert main(["train", "--corrections", *folders, "--language", "en"]) == 1
    said = capsys.readouterr()
    assert "30 are missing" in said.err
    assert "floor set (1422)" in said.out
    assert main(["train", "--history", *folders]) == 0
    assert capsys.readouterr().out == ""


def test_a_desk_that_explains_a_new_word_takes_what_was_learnt_and_goes_back(
    world: World, folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corrects(world, BAD, "neg")
    corrects(world, CALM, "neu")
    world.parts.storage.close()  # type: ignore[attr-defined]  # the real storage
    assert main(["train", "--corrections", *folders, "--without", "zhuo"]) == 2
    assert "nobody of that id" in capsys.readouterr().err
    assert main(["train", "--corrections", *folders, "--without", "zhou"]) == 1
    alone = capsys.readouterr()
    assert "zhou" not in alone.err
    assert re.search(r"按要求没算：\d{2,} 条", alone.out)
    assert main(["train", "--corrections", "--json", *folders]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["trial"]["held_new"]["accuracy"] > card["trial"]["held_old"]["accuracy"]
    assert card["people"] == card["clients"] == 1
    assert not (tmp_path / "models").exists()
    assert main(["train", "--corrections", "--take", *folders]) == 0
    said = capsys.readouterr()
    assert "更正增量卡" in said.out
    assert "已采用" in said.err
    assert re.search(r"更正出自：zhou \d+", said.err)
    assert "出自同一人" in said.out
    assert "zhou" not in said.out + (tmp_path / "models" / "deltas.json").read_text(encoding="utf-8")
    [kept] = (tmp_path / "models").glob("delta-*.txt")
    assert "更正增量卡" in kept.read_text(encoding="utf-8")
    assert "Card of a delta" in kept.read_text(encoding="utf-8")
    assert main(["train", "--corrections", "--take", *folders]) == 1
    assert "没有新东西" in capsys.readouterr().err
    assert main(["train", "--back", *folders, "--language", "en"]) == 0
    assert "→ weights as shipped" in capsys.readouterr().err
    assert main(["train", "--back", *folders]) == 0
    assert main(["train", "--shipped", *folders]) == 0
    assert main(["train", "--history", *folders, "--language", "en"]) == 0
    acts = [line.split(" ")[4] for line in capsys.readouterr().out.splitlines()]
    assert acts == ["took", "went", "went", "went"]


def test_the_worker_reads_with_what_was_learnt_and_says_so(
    world: World,
    folders: list[str],
    tmp_path: Path,
    agency: Config,
    capsys: pytest.CaptureFixture[str],
) -> None:
    corrects(world, BAD, "neg")
    corrects(world, CALM, "neu")
    post = "安屿旗舰店翻沟名单汇总"
    world.sees([post])
    world.turn()
    before = readings(world)[post][1]
    world.parts.storage.close()  # type: ignore[attr-defined]  # the real storage
    assert main(["train", "--corrections", "--take", *folders]) == 0

    again = started(agency, tmp_path / "wanglou.db", tmp_path, world.now)
    again.clock.advance(timedelta(minutes=5))
    later = "安屿专柜翻沟名单汇总"
    again.sees([later])
    again.turn()
    after = readings(again)[later][1]
    [kept] = (tmp_path / "models").glob("delta-*.npz")
    named = kept.stem.removeprefix("delta-")
    assert "+" not in before.model
    assert after.model.partition("+")[2].startswith(named)
    assert after.p_neg > before.p_neg + 0.2
    assert readings(again)[post][1] == before, "what was read before stays as it was read"

    with kept.open("wb") as file:
        np.save(file, np.zeros(9))  # another file, wrongly restored
    lamed = started(agency, tmp_path / "wanglou.db", tmp_path, again.now)
    lamed.clock.advance(timedelta(minutes=5))
    last = "安屿展厅翻沟名单汇总"
    lamed.sees([last])
    lamed.turn()
    assert readings(lamed)[last][1].model == before.model
    lamed.parts.storage.close()  # type: ignore[attr-defined]  # the real storage
    capsys.readouterr()
    assert main(["doctor", *folders, "--quick", "--language", "en"]) == 1
    said = capsys.readouterr().out
    assert "wrong  what corrections taught cannot be used" in said
    assert "wanglou train --back" in said
    assert main(["explain", "门店翻沟", *folders]) == 0
    assert "as shipped" in capsys.readouterr().err
    assert main(["train", "--back", *folders]) == 0
    capsys.readouterr()
    main(["doctor", *folders, "--quick", "--language", "en"])
    assert "corrections taught" not in capsys.readouterr().out


def test_what_was_compared_with_a_delta_that_somebody_changed_meanwhile_is_not_taken(
    world: World,
    folders: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    corrects(world, BAD, "neg")
    corrects(world, CALM, "neu")
    world.parts.storage.close()  # type: ignore[attr-defined]  # the real storage
    other = learn(load_weights(), Gathered(()), AFTERNOON)

    def meanwhile(*asked: Any) -> Gathered:
        """Another person takes a delta while the corrections are read."""
        Deltas(tmp_path).take(other.delta, other.card, [], "li")
        return gather(*asked)

    monkeypatch.setattr(_learning, "gather", meanwhile)
    assert main(["train", "--corrections", "--take", *folders]) == 1
    assert "再跑一次" in capsys.readouterr().err
    assert Deltas(tmp_path).chosen() == other.delta.id
    monkeypatch.undo()
    assert main(["train", "--corrections", "--take", *folders]) == 0


def test_a_worker_with_another_file_for_a_delta_starts_as_shipped_aloud(
    agency: Config, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    deltas = Deltas(tmp_path)
    learnt = learn(load_weights(), Gathered(()), AFTERNOON)
    deltas.take(learnt.delta, learnt.card, [], "root")
    [kept] = deltas.folder.glob("delta-*.npz")
    with kept.open("wb") as file:
        np.save(file, np.zeros(9))
    world = started(agency, tmp_path / "wanglou.db", tmp_path, AFTERNOON)
    assert "+" not in world.parts.reader.version
    assert f"reading with the weights as shipped: {kept}: not a delta" in caplog.text
    world.parts.storage.close()  # type: ignore[attr-defined]  # the real storage


def test_what_the_worker_reads_is_counted_once_for_the_week(world: World) -> None:
    def counted() -> ReadingCount:
        with world.parts.storage.look() as uow:
            return uow.readings.weeks()[week_of(world.now)]

    before = counted()
    world.sees(["安屿旗舰店翻沟名单汇总", "安屿新品上市"])
    world.turn()
    world.turn()
    after = counted()
    assert after.readings == before.readings + 2
    assert after.grams > before.grams
