"""Which book is followed for an incident."""

from collections.abc import Iterable

from wanglou.domain.plan import Playbook
from wanglou.domain.severity import Severity
from wanglou.domain.topic import Topic


class NoPlaybookError(Exception):
    """The library has no book for an incident: people would stand there without a plan."""

    def __init__(self, topic: Topic, severity: Severity) -> None:
        super().__init__(
            f"no playbook fits topic '{topic}' at {severity.colour}; "
            f"add playbooks/library/{topic}.yaml or a book with topic: any"
        )
        self.topic = topic
        self.severity = severity


def choose(books: Iterable[Playbook], topic: Topic, severity: Severity) -> Playbook:
    """The book of this topic, else one for any; of several the one written for the gravest still reached.

    Raises NoPlaybookError where none fits.
    """
    fitting = [b for b in books if b.from_severity <= severity and b.topic in {topic, None}]
    if not fitting:
        raise NoPlaybookError(topic, severity)
    return min(fitting, key=lambda b: (b.topic is None, -b.from_severity, b.id))


def is_outgrown(book: Playbook, fitting: Playbook) -> bool:
    """Whether a plan after ``book`` no longer does, now that ``fitting`` is the one to choose.

    A graver level's book asks for more, and so does a topic's own; a lesser one takes nothing away.
    """
    is_graver = fitting.from_severity > book.from_severity
    is_of_topic = fitting.topic is not None and fitting.topic != book.topic
    return fitting.id != book.id and (is_graver or is_of_topic)
