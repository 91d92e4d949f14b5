"""现在要做: whoever opens an incident sees the steps that are theirs, of a plan as the planner makes it."""

import re
from datetime import timedelta

from tests.stories.test_client_page import Pages
from tests.stories.test_nobody_answers import opened
from tests.world import World
from wanglou.domain.incident import Incident
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic

EVIDENCE, PAUSE = "固定证据", "暂停争议广告投放"


def planned(world: World) -> Incident:
    incident = opened(world, Severity.ORANGE, Topic.FALSE_ADVERT)
    assert world.acknowledges("wang", incident) is None
    world.run()
    return incident


def mine(world: World, person: str, incident: Incident) -> list[str]:
    """The titles under 现在要做 as ``person`` sees them."""
    page = Pages(world).for_(person).get(f"/incidents/{incident.id}").text
    do_now = page.partition('id="part-do"')[2].partition("</section>")[0]
    return [title.strip() for title in re.findall(r'class="step-now">\s*<h3>([^<]+)', do_now)]


def owner(world: World, person: str, incident: Incident, step: str, at: str = "") -> str:
    """Whose ``step`` is, by the plan on the page or on paper."""
    page = Pages(world).for_(person).get(f"/incidents/{incident.id}{at}").text
    part = page.rpartition(f"<h3>{step}</h3>")[2].partition("</li>")[0]
    return re.sub(r"<[^>]+>", " ", part)


def test_the_desks_steps_are_the_desks_to_do(world: World) -> None:
    incident = planned(world)
    assert EVIDENCE in mine(world, "zhou", incident)
    assert PAUSE not in mine(world, "zhou", incident)


def test_each_role_sees_its_own_steps_and_no_others(world: World) -> None:
    incident = planned(world)
    assert PAUSE in mine(world, "wang", incident)
    assert EVIDENCE not in mine(world, "wang", incident)
    assert EVIDENCE not in mine(world, "gu", incident)


def test_a_desk_step_names_who_is_on_duty_on_the_page_and_on_paper(world: World) -> None:
    incident = planned(world)
    for at in ("", "/plan"):
        assert "值班监测（当班：周敏）" in owner(world, "wang", incident, EVIDENCE, at)
    world.clock.advance(timedelta(hours=9))  # the night's watch has taken over
    assert "值班监测（当班：徐航）" in owner(world, "wang", incident, EVIDENCE)
