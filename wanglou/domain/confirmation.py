"""A client's word that something may be so, as it goes on record."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Medium(StrEnum):
    """On which road the client's word came."""

    CHAT = "chat"
    MAIL = "mail"
    PHONE = "phone"
    LETTER = "letter"


WRITTEN = tuple(medium for medium in Medium if medium is not Medium.PHONE)
"""Roads on which words can be read again: only so can somebody approve a text."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """``by`` is the person at the client, ``at`` when they said it (aware), ``words`` what they said."""

    by: str
    medium: Medium
    at: datetime
    words: str
