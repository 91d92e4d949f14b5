"""What config files may name, as the stages' folders show it."""

from wanglou.config.kinds import KnownKinds
from wanglou.kinds import known_kinds


def kinds_here() -> KnownKinds:
    """The kinds of this installation; nothing of them is imported."""
    return KnownKinds(
        sources=known_kinds("crawlers.sources"),
        detectors=known_kinds("analysis.detectors") + known_kinds("analysis.mention_detectors"),
        notifiers=known_kinds("alerting.notifiers"),
    )
