"""A message on its way to a person: what is to be said, to whom, and how it went."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wanglou.domain.reason import Reason, Value


class DeliveryKind(StrEnum):
    """What is sent: the incident's one card, an edit of it, a reply below it, or what a night held back."""

    CARD = "card"
    CARD_UPDATE = "card_update"
    REPLY = "reply"
    DIGEST = "digest"


class DeliveryState(StrEnum):
    """How far a delivery is."""

    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    DEAD = "dead"  # given up, aloud
    SUPERSEDED = "superseded"  # a later edit says all that this one would
    HELD = "held"  # until its quiet hours are over, which is its next_at
    BUNDLED = "bundled"  # told in the digest of the quiet hours that ended at its next_at


RELEASED_AT = "released_at"
"""The fact of a delivery that was held and let go before its time: since when it may be sent."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row of the outbox, unique by (incident, change, recipient, channel).

    ``change`` names what it tells (``opened``, ``raised:red``, ``step:pause_campaign:due``).
    ``recipient`` is a person id, or the channel's purpose (``team``, ``desk``). ``channel`` is
    ``kind:address``. ``priority``: higher first. ``saying`` is the reply's sentence.
    """

    id: str
    incident: str
    client: str
    change: str
    recipient: str
    channel: str
    kind: DeliveryKind
    priority: int
    saying: Reason
    facts: Mapping[str, Value]
    created_at: datetime
    next_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    lease_until: datetime | None = None
    lease_holder: str | None = None
    provider_id: str | None = None
    delivered_at: datetime | None = None
    trouble: Reason | None = None

    @property
    def waits_since(self) -> datetime:
        """Since when it may be sent: patience with its channel begins then."""
        released = self.facts.get(RELEASED_AT)
        return datetime.fromisoformat(str(released)) if released else self.created_at


@dataclass(frozen=True, slots=True)
class Button:
    """Something the reader can do from the message: ``act`` is the verb, ``value`` its object."""

    act: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Card:
    """An incident as one message shows it, already in the reader's language; lines are plain text."""

    incident: str
    title: str
    severity_label: str
    severity_colour: str
    fields: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    link: str


@dataclass(frozen=True, slots=True)
class Message:
    """What a notifier is asked to send.

    ``delivery`` is the idempotency key. ``text`` is the sentence for notification and screen reader.
    ``parent`` is the provider's id of the incident's card in this channel: a reply goes below it, an
    update edits it. ``attempt`` counts from 1; above 1 an earlier try may have arrived. ``mentions`` are
    the readers' own ids in the channel, where persons are meant.
    """

    delivery: str
    kind: DeliveryKind
    address: str
    text: str
    card: Card
    buttons: tuple[Button, ...]
    parent: str | None
    attempt: int
    created_at: datetime
    rehearsal: bool = False
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived; ``provider_id`` finds it again."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Later:
    """Not now; try again ``after`` (None: as the outbox thinks fit)."""

    because: Reason
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Never:
    """Trying again is useless until someone changes something."""

    because: Reason


Outcome = Sent | Later | Never
