"""All anyone may ask of the world: the clock, the rows and the pages' reader, as protocols.

Every repository method is one statement or a few; none commits. ``UnitOfWork`` commits. Times are aware
UTC. Sequences come back in the order each docstring names.
"""

from wanglou.ports.collecting import Copies, Items, KnownCopy, SourceStates
from wanglou.ports.handling import Changes, Clocks, Deliveries, Incidents, Plans, StaleIncidentError
from wanglou.ports.mention_views import MentionFilter, MentionList, MentionReader, MentionStory, SearchWords
from wanglou.ports.noticing import BrandTotals, Checkpoint, DetectorStates, Signals, Volumes
from wanglou.ports.people import Session, SignIn, SignIns
from wanglou.ports.reading import Competitors, Corrections, Mentions, Readings
from wanglou.ports.running import Clock, Jobs, Leases, Meta
from wanglou.ports.storage import Storage, StorageUnavailableError, UnitOfWork
from wanglou.ports.views import (
    BoardRow,
    BoardView,
    ChannelState,
    ClientTile,
    ClientView,
    DeskReader,
    Gauges,
    IncidentView,
    QuietSignals,
    TilePoint,
    Voices,
)

__all__ = [
    "BoardRow",
    "BoardView",
    "BrandTotals",
    "Changes",
    "ChannelState",
    "Checkpoint",
    "ClientTile",
    "ClientView",
    "Clock",
    "Clocks",
    "Competitors",
    "Copies",
    "Corrections",
    "Deliveries",
    "DeskReader",
    "DetectorStates",
    "Gauges",
    "IncidentView",
    "Incidents",
    "Items",
    "Jobs",
    "KnownCopy",
    "Leases",
    "MentionFilter",
    "MentionList",
    "MentionReader",
    "MentionStory",
    "Mentions",
    "Meta",
    "Plans",
    "QuietSignals",
    "Readings",
    "SearchWords",
    "Session",
    "SignIn",
    "SignIns",
    "Signals",
    "SourceStates",
    "StaleIncidentError",
    "Storage",
    "StorageUnavailableError",
    "TilePoint",
    "UnitOfWork",
    "Voices",
    "Volumes",
]
