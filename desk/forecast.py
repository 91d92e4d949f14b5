"""What a start would do: where it would look, and to whom it would send. Nothing is fetched or opened."""

from collections.abc import Iterator
from datetime import timedelta

from wanglou.domain.agency import Config
from wanglou.domain.client import Client


def looks(config: Config) -> Iterator[str]:
    """A line a source, in the order of the config."""
    for spec in config.sources.values():
        yield f"look  {spec.id}  {spec.kind}  every {_short(spec.every)}  {spec.url}"
    for spec in config.resting.values():
        yield f"rest  {spec.id}  {spec.kind}  enabled: false, never looked at  {spec.url}"


def sends(config: Config) -> Iterator[str]:
    """A line a place where messages would go, and what of; the agency's own first."""
    agency = config.agency
    for purpose, channel in agency.channels.items():
        yield f"send  {channel}  {_PURPOSES.get(purpose, purpose)}"
    for client in config.clients.values():
        team = client.channels.get("team")
        told = f"incidents of {client.id} ({client.name})"
        yield f"send  {team}  {told}" if team else f"send  -  {told}: no channel, the desk alone is told"
        yield from _routed(client)
    for person in agency.people.values():
        for kind, address in person.contacts.items():
            yield f"send  {kind}:{address}  {person.id} ({person.role}), when it is their turn"


def _routed(client: Client) -> Iterator[str]:
    """A line a route, and one for the hours in which the client's people are let sleep."""
    for route in client.routes:
        of = [*(s.colour for s in sorted(route.severities, reverse=True)), *sorted(route.topics)]
        kept = "instead of the team's channel" if route.instead else "as well"
        told = f"incidents of {client.id} ({', '.join(of) or 'all'}), {kept}"
        for target in (*route.channels, *route.people):
            yield f"send  {target}  {told}"
    if client.quiet:
        never = ", ".join(s.colour for s in sorted(client.quiet.never, reverse=True))
        hours = f"{client.quiet.begins:%H:%M}–{client.quiet.ends:%H:%M}"
        yield f"quiet  {client.id}  {hours}, except {never} and what a contract's clock needs"


_PURPOSES = {"desk": "every incident", "house": "the agency's own troubles"}


def _short(every: timedelta) -> str:
    minutes, seconds = divmod(int(every.total_seconds()), 60)
    return f"{minutes}m" if minutes and not seconds else f"{int(every.total_seconds())}s"
