"""``wanglou demo --until-incident``, as anyone runs it who has neither key nor account."""

import json
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from tests.stories.processes import Running, rows, wanglou

STAMPS = ("published_at", "first_seen", "read_at", "alerted_at", "delivered_at")
WAIT = 180.0
"""Two minutes are its own limit; starting and stopping take some more."""


@pytest.mark.slow
def test_the_demo_opens_one_incident_for_the_right_client_and_says_what_it_kept_quiet(tmp_path: Path) -> None:
    demo = Running(wanglou("demo", "--until-incident", "--port", "0", "--data", tmp_path / "demo"))
    try:
        assert demo.ends(WAIT) == 0, demo.lines
        assert demo.process.stdout
        facts = json.loads(demo.process.stdout.read())
    finally:
        demo.close()
    print(f"the demo's first incident was in chat after {facts['seconds_from_start']} s")  # noqa: T201 -- the figure is asked for
    moments = [datetime.fromisoformat(facts[name]) for name in STAMPS]
    assert all(earlier <= later for earlier, later in pairwise(moments)), facts
    assert facts["incident"].startswith("lock-")
    assert facts["topic"] == "false_advert"
    assert facts["seconds_from_start"] <= 120  # a minute on a quiet machine
    assert any("安屿湾" in line for line in facts["kept_quiet"]), facts["kept_quiet"]
    assert rows(tmp_path / "demo", "SELECT DISTINCT client FROM incident") == [("lock",)]
    assert not demo.says("Traceback")
