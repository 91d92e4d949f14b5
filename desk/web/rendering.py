"""Pages from templates: one environment, autoescape always on, sentences from the catalogue."""

import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from desk.entrance import Visit
from desk.web.guard import Guard, language_of
from desk.web.passages import cleaned, safe_url
from desk.web.ports import DeskPorts
from desk.web.times import Times
from wanglou.domain.erasure import ERASED_PERSON, LEFT_CLIENT
from wanglou.domain.house import part_named
from wanglou.domain.incident import Incident, TimelineEntry
from wanglou.domain.person import HOUSE, SYSTEM, Access, Person
from wanglou.domain.reason import Reason, Value
from wanglou.wording import LANGUAGES, UnknownWordingError, catalogue, say

log = logging.getLogger(__name__)

HOME = Path(__file__).parent

TOKEN_GAP = secrets.token_hex(16)
"""Stands in shared pieces for the token of a form; nobody outside can know it and so plant it in a text."""

_PART_GAP = secrets.token_hex(16)
"""The same for a part that readers share: it is large, and each copy of it is memory fetched anew."""


@cache
def environment() -> Environment:
    """Templates of this package. A name a template misspells fails the page instead of leaving a gap."""
    made = Environment(
        loader=FileSystemLoader(HOME / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["plain"] = cleaned
    made.filters["link"] = safe_url
    return made


@cache
def macro(template: str, name: str) -> Callable[..., str]:
    """A template's macro, for pieces that are made many at a time: it knows nothing but what it is given."""
    found: Callable[..., str] = getattr(environment().get_template(template).module, name)
    return found


@cache
def stamp(name: str) -> str:
    """A few digits of a static file's hash: its address changes when its content does."""
    return sha256((HOME / "static" / name).read_bytes()).hexdigest()[:12]


@dataclass(frozen=True)
class Reader:
    """The person a page is made for, and in which words. ``visit`` is None before sign-in."""

    ports: DeskPorts
    guard: Guard
    request: Request
    visit: Visit | None
    now: datetime

    @cached_property
    def language(self) -> str:
        """What the page is written in: zh or en."""
        return language_of(self.request, self.visit.person if self.visit else None)

    @cached_property
    def access(self) -> Access:
        """What this person may see; before sign-in nothing."""
        return self.guard.access(self.visit.person) if self.visit else Access("", frozenset())

    @cached_property
    def times(self) -> Times:
        """Says times for this reader."""
        return Times(self.ports.config.agency.zone, self.language, self.now)

    def words(self, code: str, /, **facts: Value) -> str:
        """A sentence of ours."""
        return say(Reason(code, facts), self.language)

    def sentence(self, reason: Reason) -> str:
        """A stored reason in words. One without wording shows its code: better than no page at 3 a.m."""
        try:
            return say(reason, self.language, self.ports.config.agency.zone)
        except UnknownWordingError:
            log.exception("no sentence for %s", reason.code)
            return reason.code

    def name_of(self, person: str | None) -> str:
        """A person's name; the system's, and an id that left the agency, have one too."""
        if person == SYSTEM:
            return self.words("page_system")
        if person and person.startswith(ERASED_PERSON):
            return self.words("page_erased_person", n=person.removeprefix(ERASED_PERSON))
        known = self.ports.config.agency.people.get(person or "")
        return known.name if known else (person or "")

    def listed(self, people: Iterable[str]) -> str:
        """Names in a row."""
        return self.words("page_list_comma").join(self.name_of(p) for p in people)

    def recipient_name(self, recipient: str) -> str:
        """Whom a message is for: a channel's purpose or a person."""
        code = f"page_recipient_{recipient}"
        return self.words(code) if code in catalogue() else self.name_of(recipient)

    def channel_name(self, channel: str) -> str:
        """A channel as people call it: ``slack:#desk`` → ``Slack #desk``; ids inside it help nobody."""
        kind, _, address = channel.partition(":")
        if kind == "inbox":
            return self.words("page_channel_inbox")
        return f"{kind.capitalize()} {address}" if address.startswith("#") else kind.capitalize()

    def source_name(self, source: str) -> str:
        """A source's name; its id where the config no longer has it."""
        known = self.ports.config.sources.get(source)
        return known.name if known else source

    def reason_of(self, entry: TimelineEntry) -> Reason:
        """The sentence of a line of the record."""
        return Reason(entry.kind, entry.facts)

    def client_name(self, client: str) -> str:
        """A client's name; the agency itself for its own incidents."""
        known = self.ports.config.clients.get(client)
        if known:
            return known.name
        if client.startswith(LEFT_CLIENT):
            return self.words("page_left_client", n=client.removeprefix(LEFT_CLIENT))
        return self.words("page_house") if client == HOUSE else client

    def brand_of(self, incident: Incident) -> str:
        """The brand an incident is about; what does not work, for the agency's own."""
        if incident.client != HOUSE:
            return incident.brand
        return self.sentence(part_named(incident.brand, self.ports.config.sources))

    def named(self, prefix: str, value: str) -> str:
        """The word for a listed value, such as a topic; the value itself where there is none."""
        code = f"{prefix}_{value}"
        return self.words(code) if code in catalogue() else value


def reader_of(guard: Guard, request: Request, visit: Visit | None) -> Reader:
    """The reader of one request; its instant is the same for everything on the page."""
    return Reader(guard.ports, guard, request, visit, guard.ports.clock.now())


def sender_of(guard: Guard, request: Request, form: str) -> Reader:
    """The reader who sent a form. Raises ForgedFormError if another site made the browser send it."""
    visit = guard.required(request)
    guard.check_form(request, form, visit.binding)
    return reader_of(guard, request, visit)


def page(reader: Reader, template: str, facts: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """Render a page for ``reader``; remembers the language when the address asks for one."""
    return _answer(reader, _rendered(reader, template, facts), status)


def page_around(reader: Reader, part: bytes, template: str, facts: Mapping[str, Any]) -> HTMLResponse:
    """The same around a shared part, which stands where the template says ``part``."""
    before, _, after = _rendered(reader, template, {**facts, "part": _PART_GAP}).partition(_PART_GAP)
    return _answer(reader, b"".join((before.encode(), part, after.encode())))


def _answer(reader: Reader, content: str | bytes, status: int = 200) -> HTMLResponse:
    response = HTMLResponse(content, status)
    if reader.request.query_params.get("lang") in LANGUAGES:
        reader.guard.remember_language(response, reader.language)
    return response


def shared_part(reader: Reader, template: str, facts: Mapping[str, Any]) -> bytes:
    """Render a piece that readers of one language share; ``for_reader`` makes it one reader's own."""
    return _rendered(reader, template, {**facts, "form_token": lambda: TOKEN_GAP}).encode()


def for_reader(reader: Reader, part: bytes) -> bytes:
    """A shared piece with this reader's token in its forms."""
    token = reader.guard.form_token(reader.visit.binding) if reader.visit else ""
    return part.replace(TOKEN_GAP.encode(), token.encode())


def _rendered(reader: Reader, template: str, facts: Mapping[str, Any]) -> str:
    return environment().get_template(template).render({**_frame(reader), **facts})


def _frame(reader: Reader) -> dict[str, Any]:
    """What every template may use."""
    person: Person | None = reader.visit.person if reader.visit else None
    digest = reader.ports.worker_digest() if reader.visit else None
    other = next(x for x in LANGUAGES if x != reader.language)
    return {
        "reader": reader,
        "t": reader.words,
        "sentence": reader.sentence,
        "times": reader.times,
        "language": reader.language,
        "person": person,
        "agency": reader.ports.config.agency,
        "rehearsal": reader.ports.rehearsal,
        "config_differs": digest is not None and digest != reader.ports.config.digest,
        "form_token": lambda: reader.guard.form_token(reader.visit.binding) if reader.visit else "",
        "static": lambda name: f"/static/{name}?v={stamp(name)}",
        "path": _page_path(reader.request),
        "pages": _pages(reader),
        "switch": _in_language(reader.request, other),
    }


def _pages(reader: Reader) -> list[tuple[str, str]]:
    """The pages this person can go to from anywhere: address and name."""
    known = [
        ("/", "page_board"),
        ("/mentions", "mentions_title"),
        ("/clients", "page_client_list"),
        ("/health", "page_health"),
    ]
    sees_any = reader.access.clients is None or bool(reader.access.clients)
    if reader.ports.backtests is not None and sees_any:  # each run holds only what its reader may see
        known.append(("/backtest", "page_backtest"))
    return [(address, reader.words(code)) for address, code in known]


def _page_path(request: Request) -> str:
    """Where this page can be asked for: one that answers a form lies one step above the form's address."""
    path = request.url.path
    answers_form = request.method == "POST" and path.startswith("/incidents/")
    return path.rsplit("/", 1)[0] if answers_form else path


def _in_language(request: Request, language: str) -> str:
    """The address of this page in another language."""
    asked = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    return f"{_page_path(request)}?{urlencode([*asked, ('lang', language)])}"
