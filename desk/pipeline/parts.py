"""What the worker is built of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from alerting.notifier import Notifier
from analysis.brand_reader import BrandReader
from analysis.detector import Arrays, Detector, load
from analysis.growth_detector import GrowthDetector
from analysis.matching import Matcher
from analysis.mention_detector import LearningDetector, MentionDetector
from analysis.stories import WordsOf
from analysis.walked import Walked
from crawlers.crawl import Collector
from crawlers.source import Source
from desk.backtesting.saved import Shelf
from desk.carrying import Carrier
from wanglou.domain.agency import Config
from wanglou.domain.person import Access
from wanglou.domain.volume import Observed, Series
from wanglou.ports import Checkpoint, Clock, Storage

Brand = tuple[str, str]
"""Client id and brand name."""

WORKER = Access("worker", None)
"""In whose name the worker asks: it serves every client and shows nothing to anyone."""


UNPACKED = 64
"""States of detectors kept as they were taken apart: 4 MB of sketches of words."""


@dataclass
class Unpacked:
    """Checkpoints as they were last taken apart, by detector; those not asked for the longest go first.

    A state is that of the checkpoint in storage or it is not used: whatever rewinds or replaces that one,
    here or in another process, is followed.
    """

    most: int = UNPACKED
    kept: dict[str, tuple[Checkpoint, Arrays]] = field(default_factory=dict)

    def state_of(self, checkpoint: Checkpoint) -> Arrays:
        """The state in a checkpoint. Raises UnreadableStateError."""
        known = self.kept.pop(checkpoint.detector, None)
        state = known[1] if known and known[0] == checkpoint else load(checkpoint.state)
        self.keep(checkpoint, state)
        return state

    def keep(self, checkpoint: Checkpoint, state: Arrays) -> None:
        """Remember the state that was saved as this checkpoint."""
        self.kept[checkpoint.detector] = (checkpoint, state)
        while len(self.kept) > self.most:
            del self.kept[next(iter(self.kept))]


@dataclass
class Memory:
    """What one worker remembers between two calls: a cache, lost without harm.

    ``touched``: brands with new mentions since they were last judged; None means all of them, as after a
    start. ``states``: of the detectors of counts; ``learnt``: what detectors of mentions know of each brand.
    ``walked``: detector kind → its last look, to go on from. ``observed``: what was last told of each brand;
    None before the first look.
    """

    touched: set[Brand] | None = None
    states: Unpacked = field(default_factory=Unpacked)
    learnt: Unpacked = field(default_factory=Unpacked)
    walked: dict[str, Walked] = field(default_factory=dict)
    observed: dict[Brand, Observed] | None = None


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
    mention_detectors: Sequence[MentionDetector | LearningDetector]
    growth_detectors: Sequence[GrowthDetector]
    story_words: Mapping[str, WordsOf]
    notifiers: Mapping[str, Notifier]
    collector: Collector
    holder: str
    backtests: Shelf
    rehearsal: bool = False
    memory: Memory = field(default_factory=Memory)

    @cached_property
    def brands(self) -> Sequence[Brand]:
        """Every brand there is by the config."""
        clients = self.config.clients.values()
        return [(client.id, brand.name) for client in clients for brand in client.brands]

    @cached_property
    def watched(self) -> Mapping[Series, None]:
        """Every series there is by the config, in order."""
        classes = {spec.source_class for spec in self.config.sources.values()}
        return dict.fromkeys(sorted(Series(*brand, of) for brand in self.brands for of in classes))

    @property
    def carrier(self) -> Carrier:
        """Saves what was decided."""
        return Carrier(self.config, frozenset(self.notifiers))
