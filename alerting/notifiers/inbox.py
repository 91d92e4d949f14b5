"""The desk's own channel: a delivery row is already on the desk's pages, so it has arrived."""

from collections.abc import Mapping
from dataclasses import dataclass

from wanglou.domain.delivery import Message, Sent


@dataclass(frozen=True, slots=True)
class InboxNotifier:
    """Needs no network and cannot fail: what chat may lose, the desk still shows."""

    def send(self, message: Message) -> Sent:
        """Say that the desk has it, under the delivery's own id."""
        return Sent(message.delivery)


def build(secrets: Mapping[str, str], settings: Mapping[str, str]) -> InboxNotifier:
    """The desk's inbox has neither secret nor setting."""
    del secrets, settings
    return InboxNotifier()


PLUGIN = build
