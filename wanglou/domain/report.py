"""What a person saw or heard before any detector did."""

from dataclasses import dataclass

from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic


@dataclass(frozen=True, slots=True)
class Report:
    """A happening told by hand. ``text`` says what; ``heard_from`` who told us, empty if we saw it ourselves.

    ``once`` names the form it was filled in: one form opens one incident, however often it is sent.
    ``signal`` is the key of a signal nobody was told of, if the report takes that up.
    """

    client: str
    brand: str
    topic: Topic
    severity: Severity
    text: str
    heard_from: str
    once: str
    signal: str = ""
