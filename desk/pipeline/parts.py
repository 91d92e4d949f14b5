"""What the worker is built of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alerting.notifier import Notifier
from analysis.brand_reader import BrandReader
from analysis.detector import Arrays, Detector
from analysis.growth_detector import GrowthDetector
from analysis.matching import Matcher
from analysis.mention_detector import MentionDetector
from analysis.stories import WordsOf
from crawlers.crawl import Collector
from crawlers.source import Source
from desk.backtesting.saved import Shelf
from desk.carrying import Carrier
from wanglou.domain.agency import Config
from wanglou.domain.person import Access
from wanglou.ports import Checkpoint, Clock, Storage

Brand = tuple[str, str]
"""Client id and brand name."""

WORKER = Access("worker", None)
"""In whose name the worker asks: it serves every client and shows nothing to anyone."""


@dataclass
class Memory:
    """What one worker remembers between two calls: a cache, lost without harm.

    ``touched``: brands with new mentions since they were last judged; None means all of them, as after a
    start. ``states``: detector kind → the checkpoint it belongs to, unpacked.
    """

    touched: set[Brand] | None = None
    states: dict[str, tuple[Checkpoint, Arrays]] = field(default_factory=dict)


@dataclass(frozen=True)
class Parts:
    """What the verbs share. ``holder`` names this worker in leases; ``rehearsal`` marks messages 演练.

    ``story_words``: client id → cuts what is said into the words that tell stories apart.
    """

    config: Config
    storage: Storage
    clock: Clock
    sources: Mapping[str, Source]
    matcher: Matcher
    reader: BrandReader
    detectors: Sequence[Detector]
    mention_detectors: Sequence[MentionDetector]
    growth_detectors: Sequence[GrowthDetector]
    story_words: Mapping[str, WordsOf]
    notifiers: Mapping[str, Notifier]
    collector: Collector
    holder: str
    backtests: Shelf
    rehearsal: bool = False
    memory: Memory = field(default_factory=Memory)

    @property
    def carrier(self) -> Carrier:
        """Saves what was decided."""
        return Carrier(self.config, frozenset(self.notifiers))
