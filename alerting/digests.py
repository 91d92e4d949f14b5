"""What a client's people slept through, as one message: each incident, and what was said of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from alerting.cards import LABEL, LINE, STEP_BUTTONS, TEXT, TITLE, CardView, Letterhead, Pen, shorten
from wanglou.domain.delivery import Button, Card, Delivery, DeliveryKind, Message
from wanglou.domain.reason import Reason, Value
from wanglou.wording import say

INCIDENTS = 8
"""Incidents told one by one; the desk shows all."""

SAYING = 80
"""Characters of one thing told."""

WHOLE = 2700
"""Characters of all incidents together: a channel that cuts must not cut the last ones away."""

SAYINGS = 5
"""Things told of one incident, the newest; the desk shows all."""


@dataclass(frozen=True, slots=True)
class Told:
    """One incident as it stands, and the deliveries about it that were held, oldest first."""

    view: CardView
    held: tuple[Delivery, ...]


@dataclass(frozen=True, slots=True)
class DigestView:
    """A client's incidents of one quiet time, which was over at ``over``."""

    client: str
    client_name: str
    told: tuple[Told, ...]
    over: datetime


def digest(delivery: Delivery, view: DigestView, desk: Letterhead, language: str) -> Message:
    """What a notifier is asked to send when quiet hours are over: the gravest first, then the newest."""
    ordered = sorted(view.told, key=lambda t: (-t.view.incident.severity, -t.view.incident.number))
    notes = [_Note(told, Pen(told.view, desk, language)) for told in ordered]
    kind, _, address = delivery.channel.partition(":")
    known = [desk.people[d.recipient].contacts.get(kind) for d in _meant(view, desk)]
    card = _card(delivery, view, notes, desk, language)
    return Message(
        delivery=delivery.id,
        kind=delivery.kind,
        address=address,
        text=shorten("\n".join([card.title, *(note.head() for note in notes)]), TEXT),
        card=card,
        buttons=tuple(button for note in notes[:INCIDENTS] for button in note.buttons()),
        parent=None,
        attempt=delivery.attempts,
        created_at=delivery.created_at,
        rehearsal=desk.rehearsal,
        mentions=tuple(dict.fromkeys(one for one in known if one and one != address)),
    )


@dataclass(frozen=True, slots=True)
class _Note:
    """One incident's part of the message."""

    told: Told
    pen: Pen

    def head(self) -> str:
        incident = self.told.view.incident
        return self.pen.say(
            "quiet_incident",
            severity=incident.severity.colour,
            topic=incident.topic,
            number=incident.number,
            brand=self.pen.brand(),
            state=incident.state,
        )

    def line(self) -> str:
        """The incident, why, and what else was said of it, each with its time."""
        said = [d for d in self.told.held if d.kind is DeliveryKind.REPLY]
        parts = [self.head(), self.pen.reason(self.told.view.incident.because)]
        if len(said) > SAYINGS:
            parts.append(self.pen.say("quiet_earlier", n=len(said) - SAYINGS))
        parts += [self.saying(d) for d in said[-SAYINGS:]]
        return "\n".join(parts)

    def saying(self, delivery: Delivery) -> str:
        text = shorten(self.pen.reason(delivery.saying), SAYING)
        return f"{self.pen.when(delivery.created_at)} {text}"

    def buttons(self) -> Iterator[Button]:
        """Take it, if nobody has; and finish what was handed out in the quiet time and needs no consent."""
        incident = self.told.view.incident
        if not incident.state.is_open:
            return
        if incident.acknowledged_at is None:
            label = self.pen.say("quiet_acknowledge", number=incident.number)
            yield Button("acknowledge", shorten(label, LABEL), incident.id)
        about = {name for d in self.told.held for name in str(d.facts.get("steps", "")).split("+")}
        steps = [s for s in self.pen.open_steps() if s.id in about and s.needs is None]
        for step in steps[:STEP_BUTTONS]:
            label = shorten(self.pen.say("card_step_done", step=step.title), LABEL)
            yield Button("step_done", label, f"{incident.id}|{step.id}")


def _meant(view: DigestView, desk: Letterhead) -> Iterator[Delivery]:
    return (d for told in view.told for d in told.held if d.recipient in desk.people)


def _card(delivery: Delivery, view: DigestView, notes: list[_Note], desk: Letterhead, language: str) -> Card:
    gravest = notes[0].told.view.incident.severity
    more = [notes[0].pen.say("quiet_more", n=len(notes) - INCIDENTS)] if len(notes) > INCIDENTS else []
    facts: dict[str, Value] = {"client": view.client_name, "incidents": len(notes)}
    facts["until"] = view.over.isoformat()
    each = min(LINE, WHOLE // min(len(notes), INCIDENTS))
    return Card(
        incident=delivery.incident,
        title=shorten(say(Reason("quiet_title", facts), language, desk.zone), TITLE),
        severity_label=notes[0].pen.say(f"severity_{gravest.colour}"),
        severity_colour=gravest.colour,
        fields=(),
        lines=(*(shorten(note.line(), each) for note in notes[:INCIDENTS]), *more),
        link=f"{desk.desk_url.rstrip('/')}/?client={quote(view.client)}",
    )
