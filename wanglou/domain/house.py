"""The agency's own incidents: what does not work, by the name people know it by."""

from collections.abc import Mapping

from wanglou.domain.reason import Reason
from wanglou.domain.source import SourceSpec

ALL_SOURCES = "sources"
"""The part that one incident about many blind sources is named after."""

SOURCE = "source "
"""How the name of a part that is one source begins; its id follows."""

_JOB = "job "
_PLAYBOOK = "playbook "


def part_named(part: str, sources: Mapping[str, SourceSpec]) -> Reason:
    """The words for a part, as an incident of the house has it in place of a brand."""
    if part == ALL_SOURCES:
        return Reason("house_sources")
    if part.startswith(SOURCE):
        known = sources.get(part.removeprefix(SOURCE))
        return Reason("house_source", {"name": known.name if known else part.removeprefix(SOURCE)})
    if part.startswith(_JOB):
        return Reason("house_job", {"job": part.removeprefix(_JOB)})
    if part.startswith(_PLAYBOOK):
        return Reason("house_playbook", {"topic": part.removeprefix(_PLAYBOOK)})
    return Reason("house_channel", {"channel": part})
