"""The agency as its config folder describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from wanglou.domain.client import Client, Limit
from wanglou.domain.duty import Calendar, LadderRung, Rota
from wanglou.domain.person import Access, Person
from wanglou.domain.plan import Playbook
from wanglou.domain.rule import Rule
from wanglou.domain.source import SourceSpec
from wanglou.domain.statement import Check


@dataclass(frozen=True, slots=True)
class Agency:
    """``config/agency.yaml``. ``secrets``: what needs one → the environment variable that holds it.

    ``channels``: purpose (desk, house) → ``kind:address``. ``settings``: channel kind → its plain settings,
    such as ``base_url``. ``raw_retention``: how long items that no mention uses are kept.
    """

    name: str
    zone: ZoneInfo
    calendar: Calendar
    rota: Rota
    ladder: tuple[LadderRung, ...]
    people: Mapping[str, Person]
    desk_url: str
    channels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    sla: Mapping[str, Limit] = field(default_factory=lambda: MappingProxyType({}))
    secrets: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    raw_retention: timedelta = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The agency's words: each a tuple in file order.

    ``crisis``: topic value → words that speak for it. ``weights`` of words are not used yet. ``authority``:
    sort of voice with weight (regulator, media, lawyer), ``act`` or ``denied`` → words that show it.
    """

    user_words: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()
    intensifiers: tuple[str, ...] = ()
    crisis: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    authority: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a config folder says, checked. ``digest`` names this exact text.

    ``sources`` are those we look at; ``resting`` are those whose line says ``enabled: false``.
    """

    agency: Agency
    sources: Mapping[str, SourceSpec]
    clients: Mapping[str, Client]
    rules: Mapping[str, Rule]
    books: Mapping[str, Playbook]
    lexicon: Lexicon
    digest: str
    resting: Mapping[str, SourceSpec] = field(default_factory=lambda: MappingProxyType({}))
    checks: Mapping[str, Check] = field(default_factory=lambda: MappingProxyType({}))

    def access_of(self, person: Person) -> Access:
        """What ``person`` may see: all clients, or those whose team names them."""
        if person.role.sees_all_clients:
            return Access(person.id, None)
        mine = {c.id for c in self.clients.values() if person.id in c.team.values()}
        return Access(person.id, frozenset(mine))
