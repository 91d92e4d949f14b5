"""An incident as one message: title, what holds now, why, and what the reader can do.

Every text is bounded here, in characters; a channel that counts bytes cuts again by its own measure.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from alerting.incidents import is_late
from wanglou.domain.agency import Agency
from wanglou.domain.clock import SlaClock
from wanglou.domain.delivery import Button, Card, Delivery, DeliveryKind, Message
from wanglou.domain.incident import Incident
from wanglou.domain.person import Person
from wanglou.domain.plan import Plan, Step, StepState
from wanglou.domain.reason import Reason, Value
from wanglou.wording import LANGUAGES, moment, say

TITLE = 140
TEXT = 1500
LINE = 600
FIELD = 200
LABEL = 70
STEP_BUTTONS = 3
HURT_WORDS = 5
_NEAR = timedelta(days=6)  # a weekday alone names one day only within the next six


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What all messages of a desk share. ``rehearsal`` marks every one of them."""

    desk_url: str
    zone: tzinfo
    people: Mapping[str, Person]
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class CardView:
    """The incident as it stands at ``now``. ``evidence`` counts its mentions.

    ``hurt``: the words of each mention that says somebody is hurt. ``part``: what of the agency's own it is
    about, in place of a brand.
    """

    incident: Incident
    client_name: str
    clocks: tuple[SlaClock, ...]
    plan: Plan | None
    evidence: int
    now: datetime
    hurt: Sequence[tuple[str, ...]] = ()
    part: Reason | None = None


def language_of(delivery: Delivery, agency: Agency) -> str:
    """The language of whom it goes to; a channel's is the first of the house."""
    person = agency.people.get(delivery.recipient)
    return person.language if person else LANGUAGES[0]


def message(
    delivery: Delivery, view: CardView, desk: Letterhead, parent: str | None, language: str
) -> Message:
    """What a notifier is asked to send for this delivery, as things stand now."""
    pen = Pen(view, desk, language)
    kind, _, address = delivery.channel.partition(":")
    reader = desk.people.get(delivery.recipient)
    known_as = reader.contacts.get(kind) if reader else None
    return Message(
        delivery=delivery.id,
        kind=delivery.kind,
        address=address,
        text=shorten("\n".join(pen.text(delivery)), TEXT),
        card=pen.card(delivery),
        buttons=tuple(pen.buttons(delivery)),
        parent=parent,
        attempt=delivery.attempts,
        created_at=delivery.created_at,
        rehearsal=desk.rehearsal,
        mentions=(known_as,) if known_as and known_as != address else (),
    )


def shorten(text: str, longest: int) -> str:
    """Cut to at most ``longest`` characters, saying so."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes about one incident in one language, as messages and digests say it."""

    view: CardView
    desk: Letterhead
    language: str

    def card(self, delivery: Delivery) -> Card:
        """The incident as it stands; one that comes in place of a reply says first what happened."""
        incident = self.view.incident
        news = [self.reason(delivery.saying)] if _tells_news(delivery) else []
        return Card(
            incident=incident.id,
            title=self.title(),
            severity_label=self.say(f"severity_{incident.severity.colour}"),
            severity_colour=incident.severity.colour,
            fields=tuple(
                (self.say(f"card_field_{name}"), shorten(text, FIELD)) for name, text in self.fields()
            ),
            lines=tuple(shorten(line, LINE) for line in (*news, *self.lines())),
            link=f"{self.desk.desk_url.rstrip('/')}/incidents/{incident.id}{_anchor(delivery)}",
        )

    def title(self) -> str:
        """Severity, client and topic."""
        incident = self.view.incident
        severity, topic = (
            self.say(f"severity_{incident.severity.colour}"),
            self.say(f"topic_{incident.topic}"),
        )
        return shorten(
            self.say("card_title", severity=severity, client=self.view.client_name, topic=topic), TITLE
        )

    def fields(self) -> Iterator[tuple[str, str]]:
        """Names and values of what stands on every card, each in words."""
        incident, plan = self.view.incident, self.view.plan
        yield "incident", self.say("card_number", number=incident.number, brand=self.brand())
        yield "state", self.say(f"state_{incident.state}")
        yield "owner", self.owner()
        if due := self.next_due():
            yield "next", due
        if plan:
            done = sum(step.state is not StepState.TODO for step in plan.steps)
            yield "steps", self.say("card_steps_done", done=done, all=len(plan.steps))
        yield "evidence", self.say("card_mentions", n=self.view.evidence)

    def brand(self) -> str:
        """The brand, or what of the agency's own does not work."""
        part = self.view.part
        return self.reason(part) if part else self.view.incident.brand

    def owner(self) -> str:
        """Who answers for it, and since when it is taken."""
        incident = self.view.incident
        if incident.owner is None:
            return self.say("card_nobody")
        person = self.desk.people.get(incident.owner)
        name = person.name if person else incident.owner
        if incident.acknowledged_at is None:
            return name
        return self.say("card_acknowledged_by", who=name, when=self.when(incident.acknowledged_at))

    def next_due(self) -> str | None:
        """What falls due first, with what is left; None where nothing does."""
        clocks = [(c.due_at, self.say(f"clock_{c.name}")) for c in self.view.clocks if c.stopped_at is None]
        dues = clocks + [
            (step.due_at, self.say("card_step_named", step=step.title)) for step in self.open_steps()
        ]
        if not dues or not self.view.incident.state.is_open:
            return None
        due, what = min(dues)
        late = self.view.now >= due
        hours, minutes = divmod(int(abs(due - self.view.now).total_seconds() // 60), 60)
        code = ("card_late" if late else "card_left") + ("_hours" if hours else "")
        return self.say(code, what=what, hours=hours, minutes=minutes, when=self.when(due))

    def lines(self) -> Iterator[str]:
        """Why, whether it was seen late, and the most pressing steps."""
        incident = self.view.incident
        yield self.reason(incident.because)
        if self.view.hurt:
            words = dict.fromkeys(word for told in self.view.hurt for word in told)
            yield self.say(
                "card_somebody_hurt", n=len(self.view.hurt), words="、".join(list(words)[:HURT_WORDS])
            )
        if is_late(incident):
            times = {"happened": incident.happened_at.isoformat(), "seen": incident.opened_at.isoformat()}
            yield self.say("incident_seen_late", **times)
        for step in self.open_steps()[:STEP_BUTTONS]:
            yield self.step(step)

    def text(self, delivery: Delivery) -> Iterator[str]:
        """A reply says what happened and what hangs on it; a card is named by title and reason."""
        if delivery.kind is not DeliveryKind.REPLY:
            yield self.title()
            if _tells_news(delivery):
                yield self.reason(delivery.saying)
            yield from list(self.lines())[:2]
            return
        yield self.reason(delivery.saying)
        if delivery.change.startswith("raised:"):
            yield self.reason(self.view.incident.because)
        yield from (self.how(step) for step in self.told_steps(delivery))

    def buttons(self, delivery: Delivery) -> Iterator[Button]:
        """What can be done from this message; what needs the client's words is done on the desk."""
        incident = self.view.incident
        if not incident.state.is_open:
            return
        is_about_steps = delivery.kind is DeliveryKind.REPLY and "steps" in delivery.facts
        if incident.acknowledged_at is None and not is_about_steps:  # who does a step has taken it
            yield Button("acknowledge", self.say("card_acknowledge"), incident.id)
        steps = self.told_steps(delivery) if delivery.kind is DeliveryKind.REPLY else self.open_steps()
        for step in [s for s in steps if s.needs is None][:STEP_BUTTONS]:
            label = shorten(self.say("card_step_done", step=step.title), LABEL)
            yield Button("step_done", label, f"{incident.id}|{step.id}")

    def open_steps(self) -> list[Step]:
        """Told and not done, the most pressing first."""
        steps = self.view.plan.steps if self.view.plan else ()
        told = [s for s in steps if s.state is StepState.TODO and s.told_at is not None]
        return sorted(told, key=lambda s: (s.due_at, s.order))

    def told_steps(self, delivery: Delivery) -> list[Step]:
        """The steps this reply is about that are still to do."""
        about = str(delivery.facts.get("steps", "")).split("+")
        return [step for step in self.open_steps() if step.id in about]

    def step(self, step: Step) -> str:
        """A step in a line, with its gate."""
        facts: dict[str, Value] = {
            "order": step.order,
            "step": step.title,
            "due": step.due_at.isoformat(),
            "done_when": step.done_when,
        }
        if step.needs is None:
            return self.say("card_step_line", **facts)
        return self.say("card_step_gate", gate=self.say(f"step_gate_{step.needs}"), **facts)

    def how(self, step: Step) -> str:
        """What shows that a step is done, with its gate; its title and time are said already."""
        if step.needs is None:
            return self.say("card_step_how", done_when=step.done_when)
        gate = self.say(f"step_gate_{step.needs}")
        return self.say("card_step_how_gate", gate=gate, done_when=step.done_when)

    def when(self, instant: datetime) -> str:
        """An instant by the weekday while that is clear, else with the date."""
        local = instant.astimezone(self.desk.zone)
        if abs(instant - self.view.now) > _NEAR:
            return moment(instant, self.language, self.desk.zone)
        return f"{self.say(f'weekday_{local.weekday()}')} {local:%H:%M}"

    def say(self, code: str, **facts: Value) -> str:
        """A sentence of ours."""
        return self.reason(Reason(code, facts))

    def reason(self, reason: Reason) -> str:
        """A reason in the reader's language and zone."""
        return say(reason, self.language, self.desk.zone)


def _tells_news(delivery: Delivery) -> bool:
    """Whether a card goes to a channel that did not see the incident open: something else happened."""
    return delivery.kind is DeliveryKind.CARD and delivery.change != "opened"


def _anchor(delivery: Delivery) -> str:
    """The place on the page that a message about one step is about."""
    step = str(delivery.facts.get("steps", ""))
    return f"#step-{step}" if step and "+" not in step else ""
