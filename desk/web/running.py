"""The parts of the health page about what runs: the worker's jobs, and the channels messages go out by."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from desk.web.rendering import Reader
from wanglou.domain.job import JobRun
from wanglou.domain.person import HOUSE
from wanglou.ports import ChannelState

JOB_STATES = ("failed", "late", "ok")
CHANNEL_STATES = ("dead", "retrying", "waiting", "held", "ok", "unused")
"""What needs a person first."""


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job as the page lists it; ``name`` is in the reader's words."""

    run: JobRun
    name: str
    state: str


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """One recipient in one channel. ``place`` and ``whose`` are in the reader's words."""

    known: ChannelState
    place: str
    whose: str
    state: str


def job_lines(reader: Reader, runs: Iterable[JobRun]) -> list[JobLine]:
    """Every job that has ended once, those that need a person first."""
    lines = [JobLine(run, _job_name(reader, run.job), _job_state(reader, run)) for run in runs]
    return sorted(lines, key=lambda line: JOB_STATES.index(line.state))


def channel_lines(reader: Reader) -> list[ChannelLine]:
    """Every channel of the config and every recipient of a message that this reader may know of."""
    known = reader.ports.reader.channels(reader.access, reader.now)
    used = {state.channel for state in known}
    unused = [ChannelState(channel, who) for channel, who in _configured(reader) if channel not in used]
    lines = [_channel_line(reader, state) for state in (*known, *dict.fromkeys(unused))]
    return sorted(lines, key=lambda line: CHANNEL_STATES.index(line.state))


def _job_name(reader: Reader, job: str) -> str:
    name = reader.named("health_job", job.replace(" ", "_"))
    return job if name == job.replace(" ", "_") else name


def _job_state(reader: Reader, run: JobRun) -> str:
    if run.trouble is not None:
        return "failed"
    return "late" if run.is_late(reader.now) else "ok"


def _channel_line(reader: Reader, state: ChannelState) -> ChannelLine:
    owners = _owners(reader, state.channel)
    whose = reader.recipient_name(state.recipient)
    if state.recipient in {"team", *owners}:
        whose = reader.words("page_list_comma").join(owners.values()) or whose
    return ChannelLine(state, reader.channel_name(state.channel), whose, _channel_state(state))


def _channel_state(state: ChannelState) -> str:
    if state.dead and not state.works_again:
        return "dead"
    if state.waiting:
        return "retrying" if state.trouble else "waiting"
    if state.held:
        return "held"
    return "ok" if state.sent_at else "unused"


def _configured(reader: Reader) -> Iterator[tuple[str, str]]:
    """Channels of the config with the purpose or the client they serve."""
    config = reader.ports.config
    if reader.access.may_see(HOUSE):
        yield from ((channel, purpose) for purpose, channel in config.agency.channels.items())
    for client in config.clients.values():
        if reader.access.may_see(client.id):
            yield from ((channel, client.id) for channel in _channels_of(reader, client.id))


def _owners(reader: Reader, channel: str) -> dict[str, str]:
    """Clients of this reader that are told there: id → name."""
    clients = (c for c in reader.ports.config.clients.values() if reader.access.may_see(c.id))
    return {c.id: c.name for c in clients if channel in _channels_of(reader, c.id)}


def _channels_of(reader: Reader, client: str) -> Sequence[str]:
    known = reader.ports.config.clients[client]
    return [*known.channels.values(), *(c for route in known.routes for c in route.channels)]
