"""An act that may not be done, and the sentence that says why."""

from dataclasses import dataclass

from wanglou.domain.reason import Reason


@dataclass(frozen=True, slots=True)
class Refused:
    """The answer to an act that was not done. ``reason`` says what stands against it and what would help."""

    reason: Reason
