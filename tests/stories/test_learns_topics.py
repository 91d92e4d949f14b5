"""The desk files the same trouble again and again under a topic, and the agency learns it by a command."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desk.cli.main import main
from desk.correcting import Corrector
from desk.rehearsal.demo_config import Addresses, write_config
from desk.sample import SAMPLE_CONFIG
from tests.stories.conftest import AFTERNOON
from tests.world import World, started
from wanglou.domain.agency import Config
from wanglou.domain.correction import Correction, CorrectionKind
from wanglou.domain.mention import Reading
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic

PLACES = ("门店", "专柜", "官网", "展厅", "站台", "快闪店", "旗舰店", "书店", "机场", "车站", "影院", "商场")
STABS = (
    "刺客安屿{}一号",
    "安屿{}刺客名单更新",
    "安屿的{}刺客三连",
    "路过安屿{}，刺客现场",
    "说一句，安屿{}刺客",
    "安屿{}排队看刺客",
    "周末安屿{}刺客记录",
    "转给朋友，安屿{}刺客",
    "安屿{}刺客贴存一下",
    "刺客出没，安屿{}请绕行",
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


def corrects(world: World, topic: str) -> None:
    """The duty editor gives every such post the topic."""
    texts = [saying.format(place) for saying in STABS for place in PLACES]
    world.sees(texts, every=timedelta(minutes=1))
    world.turn()
    desk, known = Corrector(world.parts.storage, world.parts.config), readings(world)
    for text in texts:
        access, item = world.access("zhou"), known[text][0]
        desk.correct(access, "lock", "安屿", item, CorrectionKind.TOPIC, topic, world.now)


def corrects_what_is_gone(world: World) -> None:
    """Stored in earlier days: of an item that was erased since, and of a topic not listed any more."""
    item = next(iter(readings(world).values()))[0]
    one = Correction("lock", "安屿", "g1", "erased", CorrectionKind.TOPIC, "", "boycott", "zhou", world.now)
    with world.parts.storage.begin() as uow:
        uow.corrections.add(one)
        uow.corrections.add(replace(one, group="g2", item_key=item, after="meteor"))
        uow.commit()


def test_a_topic_given_again_and_again_is_learnt_read_with_and_gone_back_from(
    world: World,
    folders: list[str],
    tmp_path: Path,
    agency: Config,
    capsys: pytest.CaptureFixture[str],
) -> None:
    corrects(world, "price_or_promise")
    corrects_what_is_gone(world)
    post = "听说安屿门店刺客又来了"
    world.sees([post])
    world.turn()
    before = readings(world)[post][1]
    assert before.topics == ()
    world.parts.storage.close()  # type: ignore[attr-defined]  # the real storage

    assert main(["train", "--corrections", "--json", *folders]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["parts"] == ["topics"]
    assert (card["topics"]["gone"], card["topics"]["unknown"]) == (1, 1)
    assert card["topics"]["trial"]["held_new"]["exact"] > card["topics"]["trial"]["held_old"]["exact"]
    assert main(["train", "--corrections", "--take", *folders]) == 0
    said = capsys.readouterr()
    assert "议题：学" in said.out
    assert "已采用" in said.err
    assert "情感不学" in said.err
    [kept] = (tmp_path / "models").glob("delta-*.npz")
    assert "zhou" not in said.out + (tmp_path / "models" / "deltas.json").read_text(encoding="utf-8")

    again = started(agency, tmp_path / "wanglou.db", tmp_path, world.now)
    again.clock.advance(timedelta(minutes=5))
    later = "听说安屿专柜刺客又来了"
    again.sees([later])
    again.turn()
    after = readings(again)[later][1]
    assert after.topics == (Topic.PRICE_OR_PROMISE,)
    assert any("刺客" in word for _, word in after.topic_words)
    assert after.model.partition("+")[2] == kept.stem.removeprefix("delta-")
    assert after.label is before.label
    assert readings(again)[post][1] == before, "what was read before stays as it was read"
    again.parts.storage.close()  # type: ignore[attr-defined]  # the real storage

    assert main(["train", "--corrections", *folders]) == 1, "the same again"
    assert main(["train", "--back", *folders]) == 0
    capsys.readouterr()
    assert main(["train", "--history", *folders, "--language", "en"]) == 0
    history = capsys.readouterr().out
    assert "too few corrections of sentiment" in history
    lamed = started(agency, tmp_path / "wanglou.db", tmp_path, again.now)
    lamed.clock.advance(timedelta(minutes=5))
    last = "听说安屿展厅刺客又来了"
    lamed.sees([last])
    lamed.turn()
    assert readings(lamed)[last][1].topics == ()
    lamed.parts.storage.close()  # type: ignore[attr-defined]  # the real storage
