"""What a desk asks first of anything that comes in, before it asks what to do."""

from enum import StrEnum


class Question(StrEnum):
    """One question; an answer is given where it is yes, with the words that speak for it."""

    HURT = "hurt"
    AUTHORITY = "authority"
    LEGAL = "legal"
    LOUD = "loud"
    OLD = "old"
