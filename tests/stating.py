"""What people do to a statement: fill its blanks, read it, approve its words."""

from desk.stating import Statement, statement_of
from tests.world import World, word
from wanglou.domain.incident import Incident, Via
from wanglou.domain.reason import Reason
from wanglou.domain.statement import StatementFact

FACTS = {
    "date": "2026 年 3 月 10 日 15:00",
    "since": "3 月 10 日下午",
    "about": "门锁续航的宣传用语",
    "known": "被质疑的是“续航两年”一句，依据是实验室测试",
    "doing": "在核对测试报告与投放素材",
    "open": "实际家庭使用中的续航",
    "next": "3 月 10 日 18:00",
    "contact": "400-000-0000",
}


def states(world: World, incident: Incident, blank: str, text: str, **changes: str) -> Reason | None:
    given = {"source": "客户邮件 03-10", "said_by": "陈经理（市场部）", **changes}
    fact = StatementFact(blank, text, given["source"], given["said_by"], "gu", world.now)
    return world.acts.state_fact(world.access("gu"), incident.id, fact, Via.DESK, world.now)


def fills(world: World, incident: Incident) -> None:
    for blank, text in FACTS.items():
        assert states(world, incident, blank, text) is None


def statement(world: World, incident: Incident) -> Statement:
    with world.parts.storage.look() as uow:
        found = uow.incidents.get(incident.id)
        assert found is not None
        plan, timeline = uow.plans.of_incident(found.id), uow.incidents.timeline(found.id)
    return statement_of(world.parts.config, found, plan, timeline)


def approves(world: World, incident: Incident, digest: str) -> Reason | None:
    wang = world.access("wang")
    return world.acts.approve_statement(wang, incident.id, digest, word(world.now), Via.DESK, world.now)
