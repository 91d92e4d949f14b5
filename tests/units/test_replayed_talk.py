"""The talk that replays are measured with: the same on every call, in order, about 20 clients."""

import json
from datetime import datetime
from pathlib import Path

from benchmarks.replayed_talk import WATCHED, brands, write_agency, write_talk
from desk.wiring.shared import Place, read_config
from playbooks import __path__ as playbooks_home

LIBRARY = Path(playbooks_home[0]) / "library"


def test_the_talk_is_repeatable_in_order_and_names_every_brand(tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    count = write_talk(one, days=2)
    assert write_talk(two, days=2) == count
    assert one.read_bytes() == two.read_bytes()
    lines = [json.loads(line) for line in one.read_text(encoding="utf-8").splitlines()]
    seen = [datetime.fromisoformat(line["fetched_at"]) for line in lines]
    assert seen == sorted(seen)
    text = one.read_text(encoding="utf-8")
    assert all(name in text for name in brands().values())
    assert len({line["url"] for line in lines}) == count


def test_the_agency_watches_each_of_them(tmp_path: Path) -> None:
    config = read_config(Place(write_agency(tmp_path / "config"), tmp_path, LIBRARY))
    assert {c.id: c.brands[0].name for c in config.clients.values()} == brands()
    assert len(config.clients) == WATCHED
