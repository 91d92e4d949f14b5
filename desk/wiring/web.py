"""Builds what the pages are given."""

from collections.abc import Mapping
from dataclasses import replace

from analysis.drift import KEPT, WEEK, drift_of
from analysis.model import card_of
from analysis.search import parse
from desk.acts import Acts
from desk.backtesting.saved import Shelf
from desk.correcting import Corrector
from desk.deltas import Deltas
from desk.entrance import Entrance
from desk.web.ports import DeskPorts
from desk.wiring.shared import Place, backtest_command, desk_reader, notifiers_of, secret_of, storage_of
from wanglou.domain.agency import Config
from wanglou.domain.model import ModelCard
from wanglou.ports import Clock
from wanglou.storage.gauges import gauges
from wanglou.storage.mention_list import SqlMentionReader


def desk_ports(
    config: Config, place: Place, clock: Clock, environment: Mapping[str, str], *, rehearsal: bool
) -> DeskPorts:
    """Everything the pages need."""
    storage = storage_of(place)
    channels = frozenset(notifiers_of(config, environment))

    def worker_digest() -> str | None:
        with storage.look() as uow:
            return uow.meta.get("config_digest")

    card = card_of()

    def model() -> ModelCard:
        with storage.look() as uow:
            version, weeks = uow.meta.get("reading_version"), uow.readings.weeks()
            corrected = uow.readings.corrected(clock.now() - WEEK * KEPT)
        drift = drift_of(weeks, corrected, clock.now())
        return replace(card, version=version, delta=Deltas(place.data).state(card.id), drift=drift)

    return DeskPorts(
        reader=desk_reader(storage),
        mentions=SqlMentionReader(storage),
        corrector=Corrector(storage, config),
        parse_words=parse,
        acts=Acts(storage, config, channels),
        entrance=Entrance(storage, config.agency.people),
        clock=clock,
        config=config,
        secret=secret_of(place, environment),
        rehearsal=rehearsal,
        worker_digest=worker_digest,
        gauges=lambda: gauges(storage),
        metrics_token=environment.get("WANGLOU_METRICS_TOKEN", ""),
        backtests=Shelf(place.data),
        backtest_command=backtest_command(place),
        model=model,
    )
