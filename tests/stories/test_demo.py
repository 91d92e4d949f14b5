"""``wanglou demo --until-incident``, as anyone runs it who has neither key nor account."""

import json
import re
import signal
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from desk.backtesting.saved import Shelf
from tests.pages_fakes import form_fields
from tests.stories.processes import Running, eventually, healthz, rows, wanglou
from wanglou.domain.person import Access

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
    assert any("安屿湾" in line for line in facts["kept_quiet"]), facts["kept_quiet"]
    assert rows(tmp_path / "demo", "SELECT DISTINCT client FROM incident") == [("lock",)]
    assert not demo.says("Traceback")


@pytest.mark.slow
def test_a_happening_reported_by_hand_is_told_of_and_the_demo_goes_on_to_the_crisis(
    tmp_path: Path, port: int
) -> None:
    demo = Running(wanglou("demo", "--port", str(port), "--data", tmp_path / "demo"))
    try:
        eventually(lambda: healthz(port))
        report_by_hand(f"http://127.0.0.1:{port}", signed_in_by(demo))
        eventually(lambda: demo.says("事件 incident") and demo.says("客户来电"), WAIT)
        eventually(lambda: demo.says("first_seen"), WAIT)  # of the crisis; the report has no first mention
        eventually(lambda: caught(tmp_path / "demo"), WAIT)
        assert demo.process.poll() is None
        demo.process.send_signal(signal.SIGINT)
        assert demo.ends() == 0, demo.lines
    finally:
        demo.close()
    assert not demo.says("Traceback")
    opened = rows(tmp_path / "demo", "SELECT client FROM incident ORDER BY opened_at")
    assert opened[:2] == [("tea",), ("lock",)]
    assert opened[2:] in ([], [("home",)])  # the other crisis, where the look back took its time


def caught(data: Path) -> bool:
    """Whether a kept backtest has caught the crisis in a week of the town's talk."""
    everyone = Access("test", None)
    runs = [Shelf(data).run(everyone, head.name) for head in Shelf(data).runs(everyone)]
    clients = [run.one.clients["lock"] for run in runs if run]
    return any(lock.caught and lock.brand_weeks > 0.9 and not lock.false for lock in clients)


def signed_in_by(demo: Running) -> str:
    """The path of the link the demo printed."""
    found = (re.search(r"desk +http://[^/]+(/link/\S+)", line) for line in demo.lines)
    return next(match[1] for match in found if match)


def report_by_hand(desk: str, link: str) -> None:
    """Come in by the link, fill in the form and send it, as a browser does."""
    with httpx.Client(base_url=desk, follow_redirects=True, headers={"origin": desk}, timeout=30) as browser:
        browser.post(link, data=form_fields(browser.get(link).text, link))
        form = form_fields(browser.get("/report").text, "/report")
        told = {"brand": "tea|汀岫", "topic": "service_complaint", "severity": "yellow"}
        answer = browser.post("/report", data={**form, **told, "text": "客户来电：门店排队纠纷"})
        assert "/incidents/" in str(answer.url), answer.text
