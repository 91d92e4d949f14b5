"""Builds the worker: sources, model, detectors, channels."""

import logging
import os
import secrets
from collections.abc import Mapping

from alerting.notifier import Notifier
from analysis.brand_reader import BrandReader
from analysis.detector import Detector
from analysis.growth_detector import GrowthDetector
from analysis.mention_detector import LearningDetector, MentionDetector
from analysis.model import Weights, load_weights
from analysis.reading import Reader
from analysis.reading_version import reading_version
from analysis.segmenting import Cutter, QuickSegmenter, WordList
from analysis.spoken_runs import names_of
from analysis.stories import WordsOf
from crawlers.crawl import Collector
from crawlers.rounds import CrawlSettings
from crawlers.source import Source
from desk.backtesting.saved import Shelf
from desk.deltas import Deltas
from desk.pipeline.parts import Parts
from desk.wiring.shared import (
    DETECTORS,
    GROWTH_DETECTORS,
    MENTION_DETECTORS,
    SOURCES,
    Place,
    WiringError,
    matcher_of,
)
from wanglou.domain.agency import Config
from wanglou.kinds import find_kind, known_kinds
from wanglou.ports import Clock, Storage

log = logging.getLogger(__name__)


def sources_of(config: Config) -> dict[str, Source]:
    """Source id → the source that plans and reads for it."""
    try:
        return {spec.id: find_kind(SOURCES, spec.kind)(spec) for spec in config.sources.values()}
    except ValueError as error:
        raise WiringError(f"building the sources: {error}") from error


def detectors_of() -> tuple[Detector, ...]:
    """Every detector there is, with its own defaults."""
    return tuple(find_kind(DETECTORS, kind)({}) for kind in known_kinds(DETECTORS))


def mention_detectors_of(config: Config, words: WordList) -> tuple[MentionDetector | LearningDetector, ...]:
    """Every detector that looks at mentions, with what it asks for: the agency's config, and ``words``."""
    plugins = [find_kind(MENTION_DETECTORS, kind) for kind in known_kinds(MENTION_DETECTORS)]
    return tuple(p.of_agency(config, words) if hasattr(p, "of_agency") else p() for p in plugins)


def growth_detectors_of() -> tuple[GrowthDetector, ...]:
    """Every detector that looks at a post's reactions."""
    return tuple(find_kind(GROWTH_DETECTORS, kind)() for kind in known_kinds(GROWTH_DETECTORS))


def own_words_of(config: Config) -> list[str]:
    """The agency's own words and every name it watches: 别买安屿 is two words."""
    brands = [brand for client in config.clients.values() for brand in client.brands]
    return [*config.lexicon.user_words, *(alias.text for brand in brands for alias in brand.aliases)]


def reader_of(config: Config, cutter: Cutter | None = None, weights: Weights | None = None) -> BrandReader:
    """The model, as shipped if no weights are given.

    ``cutter`` knows the agency's own words, and is made if none is given.
    """
    words = own_words_of(config)
    reader = Reader(weights or load_weights(), config.lexicon, cutter or QuickSegmenter(words))
    return BrandReader(reader, reading_version(reader, config.lexicon, words))


def weights_of(place: Place) -> Weights:
    """The shipped weights with what the desk's corrections taught; as shipped, aloud, if that is damaged."""
    found = Deltas(place.data).in_use(load_weights())
    if found.trouble:
        log.warning("reading with the weights as shipped: %s", found.trouble)
    return found.weights


def worker_parts(
    config: Config,
    place: Place,
    storage: Storage,
    clock: Clock,
    notifiers: Mapping[str, Notifier],
    *,
    rehearsal: bool,
    weights: Weights | None = None,
) -> Parts:
    """Everything the worker's verbs need. It reads with ``weights``, else with those in use in ``place``."""
    words = QuickSegmenter(own_words_of(config))
    return Parts(
        config=config,
        storage=storage,
        clock=clock,
        sources=sources_of(config),
        matcher=matcher_of(config),
        reader=reader_of(config, words, weights or weights_of(place)),
        detectors=detectors_of(),
        mention_detectors=mention_detectors_of(config, words),
        growth_detectors=growth_detectors_of(),
        story_words={c.id: WordsOf(words, names_of(c)) for c in config.clients.values()},
        notifiers=notifiers,
        collector=Collector(CrawlSettings(folders_under=place.data), clock),
        # containers may share a name and a process id
        holder=f"{os.uname().nodename}:{os.getpid()}:{secrets.token_hex(4)}",
        backtests=Shelf(place.data),
        rehearsal=rehearsal,
    )
