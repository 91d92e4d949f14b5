"""The config folder that measuring on a replay set uses."""

from pathlib import Path
from typing import Any

from benchmarks.replay_config import write_config
from desk.wiring.shared import Place, read_config
from wanglou.domain.client import Alias
from wanglou.domain.source import SourceClass

LIBRARY = Path(__file__).parents[2] / "playbooks" / "library"

EVENT: dict[str, Any] = {
    "id": "lock-2026",
    "brand": "安屿",
    "aliases": ["AnyuLock", "安屿锁"],
    "exclude": ["安屿锁湾"],
    "streams": {"weibo-hot": "weibo-hot.20260301-20260322.jsonl.gz"},
}


def test_an_event_becomes_a_client_that_the_loader_takes(tmp_path: Path) -> None:
    folder = write_config([EVENT], tmp_path / "measured")

    config = read_config(Place(folder, tmp_path, LIBRARY))

    [brand] = config.clients["lock-2026"].brands
    assert brand.aliases == (Alias("AnyuLock", exact_case=True), Alias("安屿锁", exact_case=True))
    assert brand.look_alikes == ("安屿锁湾",)
    assert config.sources["weibo-hot"].source_class is SourceClass.BOARD
    assert config.rules


def test_a_name_that_is_no_alias_is_not_matched(tmp_path: Path) -> None:
    """It may be a fruit's: the set's aliases alone say what counts."""
    folder = write_config([EVENT], tmp_path / "measured")

    [brand] = read_config(Place(folder, tmp_path, LIBRARY)).clients["lock-2026"].brands

    assert brand.name == "AnyuLock"
    assert "安屿" not in {alias.text for alias in brand.aliases}
