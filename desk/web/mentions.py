"""The mentions page 提及: filters in the address, words that hit, copies folded, corrections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, HTTPException, Request, Response
from starlette.responses import RedirectResponse

from desk.web.charts import Chart, draw
from desk.web.guard import Guard, local_path, row_number
from desk.web.passages import Passage, excerpt
from desk.web.ports import TypedWords
from desk.web.posts import marked_post
from desk.web.ranks import RankChart, rank_chart
from desk.web.rendering import Reader, page, reader_of, sender_of
from wanglou.domain.client import Client
from wanglou.domain.correction import Correction, CorrectionKind
from wanglou.domain.mention import Mention, SeenMention, Sentiment
from wanglou.domain.reason import Reason
from wanglou.domain.span import Span
from wanglou.domain.topic import Topic
from wanglou.ports import MentionFilter, MentionStory
from wanglou.wording import catalogue

DEFAULT_DAYS = 7
SPANS = {"1": 1, "7": 7, "30": 30, "all": 36_500}
"""Choices of how far back to look, in days."""

LONGEST_EXCERPT = 220
FILTERS = ("client", "brand", "source", "sentiment", "topic", "group", "unsure", "void")
KEYS = (*FILTERS, "days", "since", "until", "q")
"""What an address of this page may hold, but for the place in the list."""

RETOPIC = "retopic"
"""Whose topic is being corrected: the choice stands in that story alone, for the list of topics is long."""

OURS = frozenset({*KEYS, RETOPIC, "older", "refused", "done", "next", "lang"})
"""Whatever else an address holds is no filter of ours."""

UNKNOWN_TOLD = 3
"""So many of the others are named; some chat apps hang a dozen onto every address."""

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Listed:
    """A story as the page shows it. ``corrections``: what stands, oldest first."""

    story: MentionStory
    title: tuple[Passage, ...]
    text: tuple[Passage, ...]
    brands: tuple[str, ...]
    ranks: RankChart | None

    @property
    def mention(self) -> SeenMention:
        """The mention that speaks for its copies."""
        return self.story.seen

    @property
    def is_corrected(self) -> bool:
        """Whether a person said how it feels."""
        return any(c.kind is CorrectionKind.SENTIMENT for c in self.story.corrections)


@dataclass(frozen=True, slots=True)
class Gone:
    """A story just corrected that fits the filters no longer; it stood before the story ``next``.

    ``correction``: what was said of it, to be taken back.
    """

    story: MentionStory
    text: tuple[Passage, ...]
    correction: Correction
    next: str

    @property
    def mention(self) -> Mention:
        """What it has become."""
        return self.story.seen.mention


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for. ``unread``: the values of it that nobody can read, by key.

    ``unknown``: keys that are no filter. ``turned``: whether it begins at or after its end.
    ``unsought``: words that hold nothing a text is found by, such as a lone quotation mark.
    """

    wanted: MentionFilter
    words: TypedWords
    unread: Mapping[str, str]
    unknown: tuple[str, ...]
    turned: bool
    unsought: str

    def names(self, key: str) -> bool:
        """Whether the list is cut by what the address says under this key."""
        return key not in self.unread and not (self.turned and key in {"since", "until"})


def mentions_page(guard: Guard) -> APIRouter:
    """The list, and what its corrections post to."""
    router = APIRouter()

    @router.get("/mentions")
    def show(request: Request) -> Response:
        reader = reader_of(guard, request, guard.required(request))
        return page(reader, "mentions.html", _facts(reader))

    @router.post("/mentions/correct")
    def correct(  # noqa: PLR0913, PLR0917 -- a form has its fields
        request: Request,
        form: Annotated[str, Form()] = "",
        client: Annotated[str, Form()] = "",
        brand: Annotated[str, Form()] = "",
        item: Annotated[str, Form()] = "",
        change: Annotated[str, Form()] = "",
        back: Annotated[str, Form()] = "",
        following: Annotated[str, Form(alias="next")] = "",
    ) -> Response:
        reader = sender_of(guard, request, form)
        kind, _, to = change.partition(":")
        if kind not in set(CorrectionKind):
            raise HTTPException(404)
        told = guard.ports.corrector.correct(
            reader.access, client, brand, item, CorrectionKind(kind), to, reader.now
        )
        return _back(back, item, told, {"done": f"{item} {client} {brand}", "next": following})

    @router.post("/mentions/undo")
    def undo(
        request: Request,
        form: Annotated[str, Form()] = "",
        correction: Annotated[str, Form()] = "",
        item: Annotated[str, Form()] = "",
        back: Annotated[str, Form()] = "",
    ) -> Response:
        reader = sender_of(guard, request, form)
        number = row_number(correction)
        if number is None:
            raise HTTPException(404)
        return _back(back, item, guard.ports.corrector.undo(reader.access, number, reader.now))

    return router


def _back(back: str, item: str, told: Reason | None, done: Mapping[str, str] | None = None) -> Response:
    """The page the form stood on, at its story; with what was done to it, or with the refusal's code."""
    if told is not None and told.code == "correction_gone":
        raise HTTPException(404)
    path = local_path(back) if back.startswith("/mentions") else "/mentions"
    base = path.partition("#")[0]
    if more := {"refused": told.code} if told is not None else done:
        base += ("&" if "?" in base else "?") + urlencode(more)
    return RedirectResponse(f"{base}#m-{item[:12]}" if item.isalnum() else base, 303)


def _facts(reader: Reader) -> dict[str, object]:
    """What the template shows."""
    query = reader.request.query_params
    asked = asked_of(reader)
    older = query.get("older", "")
    found = reader.ports.mentions.find(reader.access, asked.wanted, asked.words, older, reader.now)
    chart = draw(found.volume, reader.now)
    here = {key: query[key] for key in KEYS if query.get(key) and key not in asked.unread}
    refused = query.get("refused", "")
    listed = [_listed(reader, asked, story) for story in found.stories]
    return {
        "asked": asked,
        "here": here,
        "found": found,
        "listed": listed,
        "gone": _gone(reader, listed),
        "clients": _clients(reader),
        "filters": ", ".join(KEYS),
        "brands": _brands_shown(reader, here),
        "sources": sorted(reader.ports.config.sources.values(), key=lambda s: s.name),
        "sentiments": list(Sentiment),
        "topics": list(Topic),
        "spans": [(name, _address(here, days=name, since="", until="")) for name in SPANS],
        "filtered": any(key in here for key in (*FILTERS, "since", "until")),
        "chosen_span": ""
        if "since" in here and asked.names("since")
        else here.get("days", str(DEFAULT_DAYS)),
        "chart": chart,
        "links": _links(reader, chart, here),
        "older": _address(here, older=found.older) if found.older else "",
        "newest": _address(here) if older else "",
        "back": _address(here, older=older),
        "retopic": query.get(RETOPIC, ""),
        "retopic_of": lambda item: f"{_address(here, older=older, retopic=item)}#m-{item}",
        "refused": refused if refused.startswith("correction_") and _is_plain(refused) else "",
        "said": lambda correction, value: said_value(reader, correction, value),
        "address": lambda **changes: _address(here, **changes),
    }


def asked_of(reader: Reader) -> Asked:
    """Read the address; what cannot be read is left out and told, never guessed."""
    query = reader.request.query_params
    unread: dict[str, str] = {}

    def one_of(key: str, known: Sequence[str]) -> str | None:
        value = query.get(key, "")
        if value and value not in known:
            unread[key] = value
        return value if value in known else None

    mine = [c.id for c in _clients(reader)]
    client = one_of("client", mine)
    sentiment, topic = one_of("sentiment", list(Sentiment)), one_of("topic", list(Topic))
    span, turned = _span(reader, unread)
    wanted = MentionFilter(
        clients=(client,) if client else tuple(mine),
        span=span,
        brand=query.get("brand") or None,
        source=one_of("source", list(reader.ports.config.sources)),
        sentiment=Sentiment(sentiment) if sentiment else None,
        topic=Topic(topic) if topic else None,
        group=query.get("group") or None,
        unsure=bool(one_of("unsure", ["1"])),
        void=bool(one_of("void", ["1"])),
    )
    typed = query.get("q", "").strip()
    words = reader.ports.parse_words(typed)
    unknown = tuple(key for key in query if key not in OURS)[:UNKNOWN_TOLD]
    return Asked(wanted, words, unread, unknown, turned, "" if words.grams or words.beginnings else typed)


def _span(reader: Reader, unread: dict[str, str]) -> tuple[Span, bool]:
    """What time is asked for, and whether it is turned round: then the usual time is looked at."""
    now, typed = reader.now, reader.request.query_params.get("days", "")
    since, until = (_moment(reader, key, unread) for key in ("since", "until"))
    turned = bool(since and until and since >= until)
    if turned:
        since = until = None
    if typed and typed not in SPANS:
        unread["days"] = typed
    days = SPANS.get(typed, DEFAULT_DAYS)
    end = until or now + _HOUR  # what a clock ahead of ours has dated is clamped to now
    start = since or max(end - timedelta(days=days), datetime.min.replace(tzinfo=now.tzinfo))
    return Span(start, end), turned


def _moment(reader: Reader, key: str, unread: dict[str, str]) -> datetime | None:
    typed = reader.request.query_params.get(key, "")
    if not typed:
        return None
    try:
        moment = datetime.fromisoformat(typed)
        local = moment if moment.tzinfo else moment.replace(tzinfo=reader.ports.config.agency.zone)
        return local.astimezone(reader.now.tzinfo)
    except (ValueError, OverflowError):
        unread[key] = typed
        return None


def _listed(reader: Reader, asked: Asked, story: MentionStory) -> Listed:
    item = story.seen.item
    title, text = marked_post(story.seen, asked.words.spans(f"{item.title}\n{item.text}"))
    others = [b for b in _brands_of(reader, story.seen.mention.client) if b != story.seen.mention.brand]
    return Listed(
        story=story,
        title=tuple(title),
        text=tuple(excerpt(text, LONGEST_EXCERPT)),
        brands=tuple(others),
        ranks=rank_chart(story.placed),
    )


def _gone(reader: Reader, listed: Sequence[Listed]) -> Gone | None:
    """The story that was corrected last, where the list shows it no longer; None where nothing left it."""
    item, _, whose = reader.request.query_params.get("done", "").partition(" ")
    client, _, brand = whose.partition(" ")
    shown = {(m.item_key, m.client, m.brand) for m in (one.mention.mention for one in listed)}
    if not item or (item, client, brand) in shown:
        return None
    story = reader.ports.mentions.story(reader.access, client, brand, item)
    if story is None or not story.corrections:
        return None
    title, text = marked_post(story.seen, ())
    whole = tuple(excerpt(title or text, LONGEST_EXCERPT // 4))
    return Gone(story, whole, story.corrections[-1], _follower(reader, listed))


def _follower(reader: Reader, listed: Sequence[Listed]) -> str:
    """The listed story that the corrected one stood before; empty where it was the last, or that left too."""
    asked = reader.request.query_params.get("next", "")
    return asked if any(one.mention.mention.item_key[:12] == asked for one in listed) else ""


def said_value(reader: Reader, correction: Correction, value: str) -> str:
    """What a correction names, in words."""
    match correction.kind:
        case CorrectionKind.SENTIMENT:
            said = reader.words(f"page_sentiment_{value.removesuffix('?')}")
            return reader.words("mentions_unsure_value", value=said) if value.endswith("?") else said
        case CorrectionKind.TOPIC:
            topics = [reader.named("topic", topic) for topic in value.split(",") if topic]
            return reader.words("page_list_comma").join(topics) or reader.words("mentions_no_topic")
        case CorrectionKind.BRAND:
            return value or reader.words("mentions_no_brand")


def _clients(reader: Reader) -> list[Client]:
    return [c for c in reader.ports.config.clients.values() if reader.access.may_see(c.id)]


def _brands_of(reader: Reader, client: str) -> list[str]:
    known = reader.ports.config.clients.get(client)
    return [b.name for b in known.brands] if known and reader.access.may_see(client) else []


def _brands_shown(reader: Reader, here: Mapping[str, str]) -> list[str]:
    """What can be chosen, and what the address names though no file does any more."""
    known = _brands_of(reader, here.get("client", ""))
    asked = here.get("brand", "")
    return [*known, asked] if asked and asked not in known else known


def _links(reader: Reader, chart: Chart | None, here: Mapping[str, str]) -> dict[int, str]:
    """Bar of the chart → this list cut to its time."""
    if chart is None:
        return {}
    wide = chart.hours * _HOUR
    spans = {
        i: (bar.point.start, bar.point.start + wide) for i, bar in enumerate(chart.bars) if bar.point.mentions
    }
    typed = reader.times.typed
    return {i: _address(here, days="", since=typed(a), until=typed(b)) for i, (a, b) in spans.items()}


def _address(here: Mapping[str, str], **changes: str | None) -> str:
    """This page with some of what it asks for changed; an empty value leaves a key out."""
    asked = {key: value for key, value in {**here, **changes}.items() if value}
    return f"/mentions?{urlencode(asked)}" if asked else "/mentions"


def _is_plain(code: str) -> bool:
    """Whether a sentence of ours has this code and needs no facts."""
    return code in catalogue() and "{" not in catalogue()[code]["zh"]
