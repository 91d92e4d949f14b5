"""The people, the brand and the moment that the tests of judging and telling share."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerting.decision import Act, Decision
from alerting.incidents import open_incident
from alerting.routing import Directory
from alerting.rules import Verdict
from wanglou.domain.agency import Agency
from wanglou.domain.client import Alias, Brand, Client, Limit
from wanglou.domain.duty import Calendar, LadderRung, Rota, Shift
from wanglou.domain.incident import Incident, Via
from wanglou.domain.person import Person, Role
from wanglou.domain.plan import Step
from wanglou.domain.reason import Reason
from wanglou.domain.refusal import Refused
from wanglou.domain.severity import Severity
from wanglou.domain.signal import Polarity, Signal
from wanglou.domain.topic import Topic

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 7, 25, 6, 0, tzinfo=UTC)  # a Saturday, 14:00 in Shanghai
MINUTE = timedelta(minutes=1)

CHEN = Person("chen", "陈默", Role.DESK, {"slack": "U1"})
WANG = Person("wang", "王敏", Role.ACCOUNT, {"slack": "U2"})
LI = Person("li", "李威", Role.DIRECTOR, {"slack": "U3", "email": "li@example.test"})
ZHAO = Person("zhao", "赵晴", Role.MEDIA, {}, language="en")
PEOPLE = {p.id: p for p in (CHEN, WANG, LI, ZHAO)}

CLIENT = Client(
    id="lock",
    name="安屿智能家居",
    brands=(Brand("安屿", (Alias("安屿"),)),),
    team={"account": "wang", "director": "li", "media": "zhao"},
    channels={"team": "slack:#anyu-watch"},
)
AGENCY = Agency(
    name="望楼",
    zone=ZONE,
    calendar=Calendar(ZONE),
    rota=Rota(ZONE, (Shift("chen", time(0), time(23, 59)),)),
    ladder=(LadderRung("account", 10 * MINUTE), LadderRung("director", 30 * MINUTE)),
    people=PEOPLE,
    desk_url="https://desk.example.test",
    channels={"desk": "slack:#desk", "house": "slack:#house"},
)
DIRECTORY = Directory(AGENCY, CLIENT, ("slack", "email", "inbox"))

ORANGE = Verdict("negative_burst", Severity.ORANGE, Topic.FALSE_ADVERT)
LIMITS = {
    "desk_acknowledge": Limit(dict.fromkeys(Severity, 10 * MINUTE), dict.fromkeys(Severity, 10 * MINUTE)),
    "account_response": Limit(dict.fromkeys(Severity, 30 * MINUTE), dict.fromkeys(Severity, 120 * MINUTE)),
    "statement": Limit({Severity.RED: 60 * MINUTE}, {Severity.RED: 60 * MINUTE}),
}


def signal(kind: str = "burst", *, strength: float = 0.5, ago: timedelta = MINUTE) -> Signal:
    return Signal(
        kind=kind,
        client="lock",
        brand="安屿",
        source_class=None,
        since=NOW - ago - timedelta(hours=1),
        at=NOW - ago,
        seen_at=NOW,
        polarity=Polarity.NEG,
        strength=strength,
        because=Reason("incident_by_hand", {"who": kind, "text": f"{strength}"}),
    )


def opened(verdict: Verdict = ORANGE, *, at: datetime = NOW) -> Incident:
    return open_incident(verdict, [signal()], 7, at).incident


def act(by: Person = WANG, *, after: timedelta = MINUTE) -> Act:
    return Act(by, Via.DESK, NOW + after)


def done(answer: Decision | Refused) -> Decision:
    assert isinstance(answer, Decision), answer
    return answer


def refusal(answer: object) -> str:
    assert isinstance(answer, Refused), answer
    return answer.reason.code


def step(id_: str = "pause_campaign", **changes: Any) -> Step:
    plain = Step(
        incident="i",
        id=id_,
        order=1,
        title="暂停争议广告投放",
        detail="",
        role="account",
        person="wang",
        due_at=NOW + 30 * MINUTE,
        done_when="截图已存入时间线",
        needs=None,
        after=(),
    )
    return replace(plain, **changes)
