"""The incident page 事件: what to do, why, the plan, the clocks, the record, and who was told."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request, Response

from alerting.consenting import has_consent
from desk.web.charts import Chart, draw
from desk.web.guard import Guard, row_number
from desk.web.offers import acts_for
from desk.web.passages import Passage, excerpt
from desk.web.posts import marked_post
from desk.web.ranks import RankChart, rank_chart
from desk.web.rendering import Reader, page, reader_of
from desk.web.steps import planned_steps
from desk.web.told import call_to_come
from wanglou.domain.confirmation import WRITTEN
from wanglou.domain.delivery import DeliveryState
from wanglou.domain.incident import ChainedEntry, first_broken
from wanglou.domain.item import Placed
from wanglou.domain.mention import SeenMention
from wanglou.domain.person import HOUSE
from wanglou.domain.plan import STOPS
from wanglou.domain.signal import Signal
from wanglou.ports import IncidentView

STORIES_SHOWN = 6
LINES_SHOWN = 16
DELIVERIES_SHOWN = 10
COPIES_SHOWN = 6
"""Listed at first; a page stays under its weight however loud the storm. ``?all=1`` shows everything."""

MERGED_INTO, MERGED_FROM = "incident_merged_into", "incident_merged_from"
"""Lines of the record that lead to another incident."""

NOT_LISTED: Mapping[str, tuple[Placed, ...]] = MappingProxyType({})

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Story:
    """An original with its copies. ``title`` and ``text`` are cut where marks begin and end."""

    mention: SeenMention
    title: tuple[Passage, ...]
    text: tuple[Passage, ...]
    copies: tuple[SeenMention, ...]
    ranks: RankChart | None = None


@dataclass(frozen=True, slots=True)
class SameKind:
    """The signals of one detector: the strongest, and the others in the order given."""

    strongest: Signal
    others: tuple[Signal, ...]


def incident_page(guard: Guard) -> APIRouter:
    """The route of one incident."""
    router = APIRouter()

    @router.get("/incidents/{incident}")
    def show(request: Request, incident: str) -> Response:
        return show_incident(reader_of(guard, request, guard.required(request)), incident)

    @router.get("/clients/{client}/incidents/{number}")
    def numbered(request: Request, client: str, number: str) -> Response:
        reader = reader_of(guard, request, guard.required(request))
        return show_incident(reader, numbered_incident(reader, client, number))

    return router


def numbered_incident(reader: Reader, client: str, number: str) -> str:
    """The id of a client's incident by its number as an address brings it. Raises HTTPException, 404."""
    counted = row_number(number)
    found = None if counted is None else reader.ports.reader.incident_numbered(reader.access, client, counted)
    if found is None:
        raise HTTPException(404)
    return found


def show_incident(
    reader: Reader, incident: str, typed: Mapping[str, str] | None = None, refusal: str = ""
) -> Response:
    """The page; with ``refusal`` above it and what was ``typed`` kept, when an act was refused."""
    newest = reader.ports.reader.newest_change()  # before the view, so that nothing falls in between
    view = reader.ports.reader.incident(reader.access, incident, reader.now)
    if view is None:
        raise HTTPException(404)
    facts = incident_facts(view, reader) | {"newest": newest, "typed": typed or {}, "refusal": refusal}
    return page(reader, "incident.html", facts, 409 if refusal else 200)


def incident_facts(view: IncidentView, reader: Reader) -> dict[str, object]:
    """What the template shows."""
    steps = planned_steps(view, reader)
    groups, wants_all = stories(view.evidence, view.placed), "all" in reader.request.query_params
    shown = groups if wants_all else groups[:STORIES_SHOWN]
    chart = draw(view.volume, reader.now, view.incident.opened_at)
    entries = [link.entry for link in view.timeline]
    held = [d.next_at for d in view.deliveries if d.state is DeliveryState.HELD]
    return {
        "view": view,
        "signal_kinds": by_kind(view.signals),
        "incident": view.incident,
        "is_house": view.incident.client == HOUSE,
        "steps": steps,
        "consented": {s.step.id for s in steps if has_consent(entries, s.step.id)},
        "stops": STOPS,
        "written": WRITTEN,
        "mine": [s for s in steps if s.is_mine and s.is_open],
        "acts": acts_for(view.incident, reader),
        "merged_into": merges(view.timeline, MERGED_INTO),
        "merged_from": merges(view.timeline, MERGED_FROM),
        "chart": chart,
        "all_mentions": _all_mentions(view, reader),
        "links": _links(chart, shown),
        "stories": shown,
        "more_stories": len(groups) - len(shown),
        "copies_shown": len(view.evidence) if wants_all else COPIES_SHOWN,
        "lines": view.timeline[::-1] if wants_all else view.timeline[: -LINES_SHOWN - 1 : -1],
        "deliveries": view.deliveries[::-1] if wants_all else view.deliveries[: -DELIVERIES_SHOWN - 1 : -1],
        "held": len(held),
        "held_until": max(held, default=None),
        "running": next((c for c in view.clocks if c.stopped_at is None), None),
        "broken_at": first_broken(view.timeline),
        "call": call_to_come(reader, view),
    }


def merges(timeline: Sequence[ChainedEntry], kind: str) -> list[int]:
    """Numbers of the incidents that the record names in lines of this kind."""
    return [int(str(link.entry.facts["number"])) for link in timeline if link.entry.kind == kind]


def by_kind(signals: Sequence[Signal]) -> list[SameKind]:
    """A detector that spoke twenty times is one line: its strongest signal, the others behind it by time."""
    grouped: dict[str, list[Signal]] = defaultdict(list)
    for signal in signals:
        grouped[signal.kind].append(signal)
    kinds = [(max(same, key=lambda s: (s.strength, s.at)), same) for same in grouped.values()]
    return [
        SameKind(strongest, tuple(s for s in same if s is not strongest))
        for strongest, same in sorted(kinds, key=lambda kind: kind[0].at)
    ]


def stories(
    evidence: Sequence[SeenMention], placed: Mapping[str, tuple[Placed, ...]] = NOT_LISTED
) -> list[Story]:
    """Mentions folded by their group of copies; the first voice speaks for its group.

    In the order given, but what moved on a hot list first: there it is looked up by people who read no post.
    """
    groups: dict[str, list[SeenMention]] = {}
    for seen in evidence:
        groups.setdefault(seen.mention.group, []).append(seen)
    return sorted((_story(group, placed) for group in groups.values()), key=lambda s: s.ranks is None)


def _story(group: Sequence[SeenMention], placed: Mapping[str, tuple[Placed, ...]]) -> Story:
    original = next((s for s in group if s.mention.voice), group[0])
    title, text = marked_post(original)
    copies = tuple(s for s in group if s is not original)
    charts = (rank_chart(placed.get(seen.item.key, ())) for seen in (original, *copies))
    ranks = next((chart for chart in charts if chart), None)
    return Story(original, tuple(title), tuple(excerpt(text)), copies, ranks)


def _all_mentions(view: IncidentView, reader: Reader) -> str:
    """The brand's mentions from a day before it happened on; the agency's own incidents have none."""
    incident = view.incident
    if incident.client == HOUSE:
        return ""
    since = reader.times.typed(incident.happened_at - 24 * _HOUR)
    return f"/mentions?{urlencode({'client': incident.client, 'brand': incident.brand, 'since': since})}"


def _links(chart: Chart | None, groups: Sequence[Story]) -> dict[int, str]:
    """Bar of the chart → where the first listed post of its time stands on the page."""
    found: dict[int, str] = {}
    if chart is None:
        return found
    for story in groups:
        when = story.mention.mention.published_at
        for i, bar in enumerate(chart.bars):
            if when and bar.point.start <= when < bar.point.start + chart.hours * _HOUR:
                found.setdefault(i, f"#m-{story.mention.mention.item_key[:12]}")
    return found
