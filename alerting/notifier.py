"""The seam of telling: what a channel must do."""

from collections.abc import Mapping
from typing import Protocol

from wanglou.domain.delivery import Message, Outcome


class Notifier(Protocol):
    """Sends one message and says how it went, as a value. Raises nothing that a channel can cause.

    The same ``message.delivery`` sent twice must be visible once wherever the channel allows it.
    """

    def send(self, message: Message) -> Outcome:
        """Send now; may block on the network for at most ten seconds."""
        ...


class NotifierFactory(Protocol):
    """A kind's ``PLUGIN``: builds the notifier from secrets and settings.

    ``secrets``: name → value, already taken from the environment; ``settings``: plain values such as the
    address of the server. Raises ValueError naming what is missing.
    """

    def __call__(self, secrets: Mapping[str, str], settings: Mapping[str, str]) -> Notifier:
        """Build the notifier."""
        ...
