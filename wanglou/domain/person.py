"""The people of the agency, and what each of them may see."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person does at the agency."""

    DESK = "desk"
    ACCOUNT = "account"
    PR = "pr"
    MEDIA = "media"
    LEGAL = "legal"
    DIRECTOR = "director"
    ADMIN = "admin"

    @property
    def sees_all_clients(self) -> bool:
        """Desk, director and admin watch over all clients; others over their teams' alone."""
        return self in {Role.DESK, Role.DIRECTOR, Role.ADMIN}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of the agency. ``contacts``: channel kind → that person's id there (slack → U0123)."""

    id: str
    name: str
    role: Role
    contacts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    language: str = "zh"


@dataclass(frozen=True, slots=True)
class Access:
    """In whose name client data is asked for. ``clients`` None means all of them."""

    person: str
    clients: frozenset[str] | None

    def may_see(self, client: str) -> bool:
        """Whether data of ``client`` may be shown."""
        return self.clients is None or client in self.clients


HOUSE = "house"
"""The client id of the agency's own incidents: blind sources, dead channels, late jobs."""

SYSTEM = "system"
"""The actor written into the timeline where no person acted."""
