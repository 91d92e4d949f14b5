"""``agency.yaml``: who we are, when we work, who watches, who is told when nobody answers."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, WithJsonSchema

from wanglou.config import holidays
from wanglou.config.kinds import KnownKinds, check_channel
from wanglou.config.limits import Sla, with_defaults
from wanglou.config.problem import advise
from wanglou.config.sheet import Checked, Sheet
from wanglou.config.values import (
    Channel,
    ClockTime,
    Day,
    Delay,
    Duration,
    EnvironmentName,
    Id,
    Name,
    WebAddress,
    Weekday,
    Word,
    Zone,
)
from wanglou.domain.agency import Agency
from wanglou.domain.duty import Calendar, LadderRung, Rota, Shift
from wanglou.domain.person import HOUSE, SYSTEM, Person, Role

_EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)
_UTC = ZoneInfo("UTC")
_A_MONDAY = datetime(2024, 1, 1, tzinfo=_UTC)
_QUARTER = timedelta(minutes=15)

RoleName = Literal["desk", "account", "pr", "media", "legal", "director", "admin"]


class OfficeSheet(Sheet):
    """Office hours. ``days_off`` and ``days_on`` add to the published holidays."""

    opens: ClockTime = Field(default=time(9), examples=["09:00"])
    closes: ClockTime = Field(default=time(18, 30), examples=["18:30"])
    holidays: Literal["china", "none"] = Field(default="china", examples=["china"])
    days_off: tuple[Day, ...] = Field(default=(), examples=["[2027-02-05]"])
    days_on: tuple[Day, ...] = Field(default=(), examples=["[2027-02-14]"])


class PersonSheet(Sheet):
    """Someone of the agency; ``contacts``: channel kind → id there."""

    name: Name = Field(examples=["王芳"])
    role: RoleName = Field(examples=["account"])
    contacts: dict[Word, Name] = Field(default={}, examples=["{slack: U0123ABCD}"])
    language: Literal["zh", "en"] = Field(default="zh", examples=["zh"])


class ShiftSheet(Sheet):
    """Who watches from when to when; past midnight if it ends before it starts."""

    person: Id = Field(examples=["zhou"])
    starts: ClockTime = Field(examples=["08:00"])
    ends: ClockTime = Field(examples=["20:00"])
    weekdays: tuple[Weekday, ...] = Field(default=_EVERY_DAY, min_length=1, examples=["[mon, tue]"])


class RungSheet(Sheet):
    """Nobody took the incident ``after`` its opening: tell people of this role."""

    after: Delay = Field(examples=["15m"])
    tell: RoleName = Field(examples=["director"])


class ChannelsSheet(Sheet):
    """Where the agency itself is told: ``desk`` all incidents, ``house`` its own (blind sources, …)."""

    desk: Channel | None = Field(default=None, examples=['"slack:#desk"'])
    house: Channel | None = Field(default=None, examples=['"slack:#operations"'])


class AgencySheet(Sheet):
    """The whole file."""

    schema_: Annotated[Literal["1"], WithJsonSchema({"const": 1})] = Field(alias="schema", examples=["1"])
    name: Name = Field(examples=["望楼示例公关"])
    zone: Zone = Field(examples=["Asia/Shanghai"])
    desk_url: WebAddress = Field(examples=["https://desk.example.com"])
    office: OfficeSheet = Field(default=OfficeSheet(), examples=["{opens: 09:00, closes: 18:30}"])
    people: dict[Id, PersonSheet] = Field(min_length=1, examples=["{wang: {name: 王芳, role: account}}"])
    rota: tuple[ShiftSheet, ...] = Field(
        default=(), examples=["[{person: zhou, starts: 08:00, ends: 20:00}]"]
    )
    ladder: tuple[RungSheet, ...] = Field(default=(), examples=["[{after: 15m, tell: director}]"])
    channels: ChannelsSheet = Field(default=ChannelsSheet(), examples=['{desk: "slack:#desk"}'])
    sla: Sla = Field(default=Sla(), examples=["{desk_acknowledge: 10m}"])
    secrets: dict[Word, EnvironmentName] = Field(default={}, examples=["{slack: WANGLOU_SLACK_TOKEN}"])
    settings: dict[Word, dict[Word, Name]] = Field(
        default={}, examples=["{slack: {base_url: http://127.0.0.1:8801/api/}}"]
    )
    raw_retention: Duration = Field(default=timedelta(days=14), examples=["14d"])


def read_agency(checked: Checked, kinds: KnownKinds) -> Agency | None:
    """The agency, or None where the file's own shape is wrong; the rest is reported and read on."""
    sheet = checked.sheet(AgencySheet)
    if sheet is None:
        return None
    _check_people(checked, sheet, kinds)
    _check_duty(checked, sheet)
    _check_kinds(checked, sheet, kinds)
    rota = Rota(sheet.zone, tuple(shift for line in sheet.rota for shift in _shifts(line)))
    _note_gaps(checked, rota)
    return Agency(
        name=sheet.name,
        zone=sheet.zone,
        calendar=_calendar(sheet),
        rota=rota,
        ladder=tuple(LadderRung(rung.tell, rung.after) for rung in sheet.ladder),
        people=MappingProxyType({id_: _person(id_, line) for id_, line in sheet.people.items()}),
        desk_url=sheet.desk_url.rstrip("/"),
        channels=MappingProxyType(sheet.channels.model_dump(exclude_none=True)),
        sla=with_defaults(sheet.sla.limits()),
        secrets=MappingProxyType(dict(sheet.secrets)),
        settings=MappingProxyType({kind: MappingProxyType(dict(s)) for kind, s in sheet.settings.items()}),
        raw_retention=sheet.raw_retention,
    )


def _person(id_: str, line: PersonSheet) -> Person:
    return Person(id_, line.name, Role(line.role), MappingProxyType(dict(line.contacts)), line.language)


def _calendar(sheet: AgencySheet) -> Calendar:
    office, china = sheet.office, sheet.office.holidays == "china"
    published_off = holidays.DAYS_OFF if china else frozenset()
    published_on = holidays.MADE_UP if china else frozenset()
    off, on = frozenset(office.days_off), frozenset(office.days_on)
    return Calendar(
        zone=sheet.zone,
        opens=office.opens,
        closes=office.closes,
        holidays=(published_off | off) - on,
        workdays=(published_on | on) - off,
        known_until=holidays.KNOWN_UNTIL if china else None,
    )


def _shifts(line: ShiftSheet) -> Sequence[Shift]:
    """A shift of a whole day becomes two halves: a span that ends where it starts covers nothing."""
    days = frozenset(line.weekdays)
    if line.starts != line.ends:
        return [Shift(line.person, line.starts, line.ends, days)]
    half = time((line.starts.hour + 12) % 24, line.starts.minute)
    first = Shift(line.person, line.starts, half, days)
    return [first, Shift(line.person, half, line.starts, _second_half_days(line, half))]


def _second_half_days(line: ShiftSheet, half: time) -> frozenset[int]:
    """Where the first half runs past midnight, the second begins on the next weekday."""
    moved = 0 if line.starts < half else 1
    return frozenset((day + moved) % 7 for day in line.weekdays)


RESERVED = frozenset({SYSTEM, HOUSE, "desk", "team"})
"""Recipients and actors that are no people: messages to them go to channels."""


def _check_people(checked: Checked, sheet: AgencySheet, kinds: KnownKinds) -> None:
    for taken in RESERVED & sheet.people.keys():
        checked.refuse(
            ["people", taken], "is the program's own name for a place or for itself; choose another id"
        )
    for id_, person in sheet.people.items():
        for kind in person.contacts.keys() - set(kinds.notifiers):
            says = f"is no kind of channel; {advise(kind, kinds.notifiers)}"
            checked.refuse(["people", id_, "contacts", kind], says)


def _check_duty(checked: Checked, sheet: AgencySheet) -> None:
    if sheet.office.opens >= sheet.office.closes:
        checked.refuse(["office", "closes"], "is not after opens; write a later time, such as 18:30")
    for place, shift in enumerate(sheet.rota):
        if shift.person not in sheet.people:
            says = f'found "{shift.person}", nobody of people; {advise(shift.person, sheet.people)}'
            checked.refuse(["rota", place, "person"], says)
    roles = {person.role for person in sheet.people.values()}
    for place, rung in enumerate(sheet.ladder):
        if rung.tell not in roles:
            says = f'found "{rung.tell}", a role that nobody of people has; {advise(rung.tell, roles)}'
            checked.refuse(["ladder", place, "tell"], says)
        if place and rung.after <= sheet.ladder[place - 1].after:
            checked.refuse(
                ["ladder", place, "after"], "is not later than the rung above; write a longer time"
            )


def _check_kinds(checked: Checked, sheet: AgencySheet, kinds: KnownKinds) -> None:
    for purpose, channel in sheet.channels.model_dump(exclude_none=True).items():
        check_channel(checked, ["channels", purpose], channel, kinds)
    for kind in sheet.settings.keys() - set(kinds.notifiers):
        checked.refuse(["settings", kind], f"is no kind of channel; {advise(kind, kinds.notifiers)}")


def _note_gaps(checked: Checked, rota: Rota) -> None:
    """Say when nobody watches: an empty desk at 3 a.m. should be a decision, not an oversight."""
    gap = first_gap(rota)
    if gap:
        checked.note(["rota"], f"nobody is on duty {gap}; add a shift, or know that only the ladder answers")


def first_gap(rota: Rota) -> str | None:
    """The first quarter of an hour of a week without anyone on duty, as words."""
    anywhere = Rota(_UTC, rota.shifts)  # one week without a change of clocks
    quarters = (_A_MONDAY + quarter * _QUARTER for quarter in range(7 * 24 * 4))
    return next((f"on {at:%A} at {at:%H:%M}" for at in quarters if not anywhere.on_duty(at)), None)
