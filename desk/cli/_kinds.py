"""What config files may name, as the stages' folders show it."""

from analysis.names import folded_name
from wanglou.config.kinds import KnownKinds
from wanglou.kinds import known_kinds

DETECTORS = ("analysis.detectors", "analysis.mention_detectors", "analysis.growth_detectors")


def kinds_here() -> KnownKinds:
    """The kinds of this installation; none of them is imported."""
    return KnownKinds(
        sources=known_kinds("crawlers.sources"),
        detectors=tuple(kind for home in DETECTORS for kind in known_kinds(home)),
        notifiers=known_kinds("alerting.notifiers"),
        folded=folded_name,
    )
