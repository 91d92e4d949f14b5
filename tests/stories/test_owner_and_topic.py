"""Who answers for an incident and what it is about change by hand; what a role may not do is not offered."""

import re

import pytest

from tests.pages_fakes import form_fields
from tests.stories.test_client_page import Pages
from tests.stories.test_nobody_answers import opened
from tests.world import World
from wanglou.domain.incident import Incident
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic


@pytest.fixture
def incident(world: World) -> Incident:
    """In the hands of the account manager wang, about nothing clear."""
    found = opened(world, Severity.RED, Topic.OTHER)
    assert world.acknowledges("wang", found) is None
    world.run()
    return found


def offered(page: str, incident: Incident) -> set[str]:
    """The acts the page has a form for."""
    return set(re.findall(rf'action="/incidents/{incident.id}/(\w+)"', page))


def test_the_desk_takes_over_and_who_answered_before_hears_of_it(world: World, incident: Incident) -> None:
    browser, path = Pages(world).for_("zhou"), f"/incidents/{incident.id}"
    page = browser.get(path)
    assert "现由王芳负责" in page.text
    after = browser.post_form(f"{path}/own", page=page)
    assert re.search(r"<dt>负责人</dt><dd>周敏</dd>", after.text)
    assert "own" not in offered(after.text, incident)
    world.run()
    assert any("周敏 接手负责" in m.text for m in world.chat.in_channel("#anyu-watch"))


def test_another_topic_brings_its_book_and_needs_a_reason(world: World, incident: Incident) -> None:
    browser, path = Pages(world).for_("zhou"), f"/incidents/{incident.id}"
    asked = {"to": "false_advert", "text": " "}
    refused = browser.post_form(f"{path}/topic", asked, page=browser.get(path))
    assert "改议题要选新的议题，并写明原因" in refused.text
    asked["text"] = "客户确认：争的是广告里那句话"
    changed = browser.post_form(f"{path}/topic", asked, page=refused)
    assert "虚假宣传" in changed.text.partition("</h1>")[0]
    world.run()
    assert "依据预案《广告争议处置预案》" in browser.get(path).text
    assert any("改议题" in m.text and "争的是广告里那句话" in m.text for m in world.chat.posts)


def test_an_unknown_topic_is_refused_in_words(world: World, incident: Incident) -> None:
    browser, path = Pages(world).for_("wang"), f"/incidents/{incident.id}"
    hidden = form_fields(browser.get(path).text, f"{path}/topic")
    answer = browser.post(f"{path}/topic", {**hidden, "to": "weather", "text": "x"})
    assert answer.status_code == 409
    assert "不认识的议题「weather」" in answer.text


DECISIONS = {"lower", "hold", "contain", "resolve", "waive"}
JUDGEMENTS = {"merge", "dismiss", "topic"}


@pytest.mark.parametrize(
    ("person", "may"),
    [("wang", DECISIONS | JUDGEMENTS), ("li", DECISIONS | JUDGEMENTS), ("zhou", JUDGEMENTS), ("gu", set())],
)
def test_only_what_the_role_may_do_is_offered_and_the_rest_says_who_may(
    world: World, incident: Incident, person: str, may: set[str]
) -> None:
    page = Pages(world).for_(person).get(f"/incidents/{incident.id}").text
    assert offered(page, incident) & (DECISIONS | JUDGEMENTS) == may
    assert ("由客户经理或总监决定：王芳、李岚" in page) == (not may >= DECISIONS)
    assert ("由值班监测、客户经理或总监决定；值班：周敏" in page) == (not may >= JUDGEMENTS)
