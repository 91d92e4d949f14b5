"""What pages wait for: a row says that something they show is different now."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Change:
    """``kind``: incident, signal, mention, source, delivery. ``id`` grows and is the event's on the wire."""

    id: int
    client: str
    kind: str
    subject: str
    at: datetime
