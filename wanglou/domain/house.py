"""The agency's own incidents: what does not work, by the name people know it by."""

from collections.abc import Mapping

from wanglou.domain.reason import Reason
from wanglou.domain.source import SourceSpec

ALL_SOURCES = "sources"
"""The part that one incident about many blind sources is named after."""

SOURCE = "source "
"""How the name of a part that is one source begins; its id follows."""

JOB = "job "
"""The same of a job of the worker; its name follows."""

PLAYBOOK = "playbook "
"""The same of the playbook that a topic lacks; the topic follows."""


def source_of(part: str, sources: Mapping[str, SourceSpec]) -> SourceSpec | None:
    """The source that a part is; None if it is none, or one that is not looked at any more."""
    return sources.get(part.removeprefix(SOURCE)) if part.startswith(SOURCE) else None


def part_named(part: str, sources: Mapping[str, SourceSpec]) -> Reason:
    """The words for a part, as an incident of the house has it in place of a brand."""
    if part == ALL_SOURCES:
        return Reason("house_sources")
    if part.startswith(SOURCE):
        known = source_of(part, sources)
        return Reason("house_source", {"name": known.name if known else part.removeprefix(SOURCE)})
    if part.startswith(JOB):
        return Reason("house_job", {"job": part.removeprefix(JOB)})
    if part.startswith(PLAYBOOK):
        return Reason("house_playbook", {"topic": part.removeprefix(PLAYBOOK)})
    return Reason("house_channel", {"channel": part})
