"""``clients/<client>.yaml``: for whom we watch, under which names, and what we promised."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from wanglou.config.document import KeyPath
from wanglou.config.kinds import KnownKinds, check_channel
from wanglou.config.limits import Sla, stricter
from wanglou.config.problem import advise
from wanglou.config.routes import QuietSheet, RouteSheet, check_quiet, check_routes
from wanglou.config.sheet import Checked, Sheet
from wanglou.config.values import Channel, Day, Duration, Id, Name
from wanglou.config.watch import parse_watch
from wanglou.domain.agency import Agency
from wanglou.domain.client import Alias, Brand, Campaign, Client
from wanglou.domain.person import HOUSE
from wanglou.domain.source import SourceSpec
from wanglou.domain.watch import Origin, origins_of, words_of

Folded = Callable[[str], str]
"""A name as it is looked for in texts."""

_UNSEEN = "{} holds nothing that can be seen"

_SHORT_LATIN = 3
"""Letters up to which a Latin alias is exact by default: ``ABC`` is a brand, ``abc`` a word's part."""


def _as_alias(value: Any) -> Any:
    return {"text": value} if isinstance(value, str) else value


def _as_brand(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


class AliasSheet(Sheet):
    """A name under which a brand is spoken of; a plain text will do."""

    text: Name = Field(examples=["AnyuLock"])
    exact_case: bool | None = Field(default=None, examples=["true"])

    def alias(self) -> Alias:
        """As the noun; short Latin names are exact unless the file says otherwise."""
        text = self.text.strip()
        return Alias(text, _is_short_latin(text) if self.exact_case is None else self.exact_case)


_AliasOrText = Annotated[AliasSheet, BeforeValidator(_as_alias, json_schema_input_type=AliasSheet | str)]


def _as_watch(value: Any) -> Any:
    return parse_watch(value) if isinstance(value, str) else value


Watched = Annotated[Any, BeforeValidator(_as_watch, json_schema_input_type=str)]


class BrandSheet(Sheet):
    """A brand; its name is its first alias. ``look_alikes`` void an alias match lying inside them.

    ``homophones`` and ``misspellings`` are aliases that people write by mistake.
    """

    name: Name = Field(examples=["安屿"])
    aliases: tuple[_AliasOrText, ...] = Field(default=(), examples=["[安屿锁, AnyuLock]"])
    look_alikes: tuple[Name, ...] = Field(default=(), examples=["[安屿湾]"])
    homophones: tuple[Name, ...] = Field(default=(), examples=["[安宇锁]"])
    misspellings: tuple[Name, ...] = Field(default=(), examples=["[AnyuLok]"])
    watch: Watched | None = Field(default=None, examples=["'安屿 AND (门锁 OR 智能锁) NOT 安屿湾'"])

    def brand(self) -> Brand:
        """As the noun; an alias that repeats the name decides its case rule."""
        stated = [line.alias() for line in self.aliases]
        stated += [AliasSheet(text=text).alias() for text in (*self.homophones, *self.misspellings)]
        own = AliasSheet(text=self.name).alias()
        named = stated if any(a.text == own.text for a in stated) else [own, *stated]
        return Brand(self.name.strip(), tuple(dict.fromkeys(named)), self.look_alikes, self.watch)


class CompetitorSheet(Sheet):
    """Somebody else's brand, counted for the share of voice and for nothing else; a plain name will do."""

    name: Name = Field(examples=["某某锁"])
    aliases: tuple[_AliasOrText, ...] = Field(default=(), examples=["[某某智能锁, MoumouLock]"])
    look_alikes: tuple[Name, ...] = Field(default=(), examples=["[某某锁匠铺]"])

    def brand(self) -> Brand:
        """As the noun; names are held to the rules of the client's own."""
        return BrandSheet(name=self.name, aliases=self.aliases, look_alikes=self.look_alikes).brand()


_BrandOrName = Annotated[BrandSheet, BeforeValidator(_as_brand, json_schema_input_type=BrandSheet | str)]

_CompetitorOrName = Annotated[
    CompetitorSheet, BeforeValidator(_as_brand, json_schema_input_type=CompetitorSheet | str)
]


class TeamSheet(Sheet):
    """Role → person id of ``agency.yaml``."""

    account: Id | None = Field(default=None, examples=["wang"])
    director: Id | None = Field(default=None, examples=["li"])
    pr: Id | None = Field(default=None, examples=["chen"])
    media: Id | None = Field(default=None, examples=["zhao"])
    legal: Id | None = Field(default=None, examples=["sun"])
    desk: Id | None = Field(default=None, examples=["zhou"])


class ClientChannelsSheet(Sheet):
    """``team``: where incidents of this client are told; ``orders_from``: whose word counts there."""

    team: Channel | None = Field(default=None, examples=['"slack:#anju-watch"'])
    orders_from: tuple[Id, ...] = Field(default=(), examples=["[wang, li]"])


class CampaignSheet(Sheet):
    """Days, both included, on which ``factor`` times the usual talk is planned; for all or some brands."""

    name: Name = Field(examples=["春季发布会"])
    begins: Day = Field(alias="from", examples=["2026-03-10"])
    until: Day = Field(examples=["2026-03-12"])
    factor: Annotated[float, Field(gt=1, le=1000)] = Field(examples=["5"])
    brands: tuple[Name, ...] = Field(default=(), examples=["[安屿]"])

    def campaign(self, brands: Sequence[str], zone: tzinfo) -> Campaign:
        """As the noun, by the agency's clock."""
        begins = datetime.combine(self.begins, time(), zone).astimezone(UTC)
        ends = datetime.combine(self.until + timedelta(days=1), time(), zone).astimezone(UTC)
        return Campaign(self.name, begins, ends, self.factor, self.brands or tuple(brands))


class ClientSheet(Sheet):
    """The whole file; only ``client``, ``name`` and ``brands`` must be there."""

    client: Id = Field(examples=["lock"])
    name: Name = Field(examples=["安屿智能家居"])
    brands: tuple[_BrandOrName, ...] = Field(min_length=1, examples=["[安屿]"])
    competitors: tuple[_CompetitorOrName, ...] = Field(default=(), examples=["[某某锁]"])
    team: TeamSheet = Field(default=TeamSheet(), examples=["{account: wang, director: li}"])
    sla: Sla = Field(default=Sla(), examples=["{account_response: {office_hours: 30m, otherwise: 2h}}"])
    channels: ClientChannelsSheet = Field(
        default=ClientChannelsSheet(), examples=['{team: "slack:#anju-watch"}']
    )
    quiet_hours: QuietSheet | None = Field(default=None, examples=['{from: "22:00", to: "08:00"}'])
    routing: tuple[RouteSheet, ...] = Field(
        default=(), examples=['[{severities: [red], channels: ["slack:#anju-legal"]}]']
    )
    campaigns: tuple[CampaignSheet, ...] = Field(
        default=(), examples=["[{name: 春季发布会, from: 2026-03-10, until: 2026-03-12, factor: 5}]"]
    )
    retention: Duration = Field(default=timedelta(days=180), examples=["180d"])
    neutral_at: Annotated[float, Field(ge=0, le=1)] | None = Field(default=None, examples=["0.6"])


def read_client(checked: Checked, agency: Agency | None, kinds: KnownKinds) -> Client | None:
    """The client, or None where the file's own shape is wrong.

    Without a usable agency, people and limits cannot be compared; that is left out, not guessed.
    """
    sheet = checked.sheet(ClientSheet)
    if sheet is None:
        return None
    _check_id(checked, sheet)
    _check_brands(checked, sheet, kinds.folded)
    _check_campaigns(checked, sheet)
    if agency is not None:
        _check_people(checked, sheet, agency)
    if sheet.channels.team:
        check_channel(checked, ["channels", "team"], sheet.channels.team, kinds)
    check_quiet(checked, sheet.quiet_hours)
    team = sheet.team.model_dump(exclude_none=True).values()
    check_routes(checked, sheet.routing, frozenset(team), agency, kinds)
    return _client(sheet, agency)


def note_shared_names(clients: Mapping[str, tuple[Checked, Client]], folded: Folded) -> None:
    """Say which names two clients both claim.

    No error: a group and its daughter may both be clients, and an agency may serve two rivals in two
    teams; each then gets its own mention of the same item. But it must never go unnoticed.
    """
    claims: dict[str, str] = {}
    for id_, (checked, client) in clients.items():
        for place, brand in enumerate(client.brands):
            for alias in brand.aliases:
                other = claims.setdefault(folded(alias.text), id_)
                if other != id_:
                    says = f'"{alias.text}" is also watched for client {other}; both will be told of it'
                    checked.note(["brands", place], says)


def check_watched_sources(
    clients: Mapping[str, tuple[Checked, Client]], sources: Mapping[str, SourceSpec]
) -> None:
    """Refuse a watch that asks for a source nobody looks at: it would never hold."""
    by_name = {spec.name: id_ for id_, spec in sources.items()}
    for checked, client in clients.values():
        for place, brand in enumerate(client.brands):
            for asked in origins_of(brand.watch) if brand.watch else ():
                if asked.origin is Origin.SOURCE and asked.value not in sources:
                    known = by_name.get(asked.value)
                    advice = f'write its id, "{known}"' if known else advise(asked.value, sources)
                    says = f'found source:"{asked.value}", no id of sources.yaml; {advice}'
                    checked.refuse(["brands", place, "watch"], says)


def _client(sheet: ClientSheet, agency: Agency | None) -> Client:
    promised = sheet.sla.limits()
    return Client(
        id=sheet.client,
        name=sheet.name,
        brands=tuple(line.brand() for line in sheet.brands),
        competitors=tuple(line.brand() for line in sheet.competitors),
        team=MappingProxyType(sheet.team.model_dump(exclude_none=True)),
        sla=stricter(agency.sla, promised) if agency else promised,
        channels=MappingProxyType({"team": sheet.channels.team} if sheet.channels.team else {}),
        orders_from=sheet.channels.orders_from,
        retention=sheet.retention,
        contract=promised,
        quiet=sheet.quiet_hours.quiet() if sheet.quiet_hours else None,
        routes=tuple(line.route() for line in sheet.routing),
        neutral_at=sheet.neutral_at,
        campaigns=tuple(
            line.campaign([brand.name.strip() for brand in sheet.brands], agency.zone if agency else UTC)
            for line in sheet.campaigns
        ),
    )


def _check_id(checked: Checked, sheet: ClientSheet) -> None:
    checked.is_named_after_its_file("client", sheet.client)
    if sheet.client == HOUSE:
        checked.refuse(["client"], f'"{HOUSE}" is the agency itself; choose another id')


def _check_campaigns(checked: Checked, sheet: ClientSheet) -> None:
    known = tuple(brand.name.strip() for brand in sheet.brands)
    for place, line in enumerate(sheet.campaigns):
        if line.until < line.begins:
            checked.refuse(
                ["campaigns", place, "until"], f"{line.until} is before {line.begins}; swap the two"
            )
        for brand in line.brands:
            if brand not in known:
                checked.refuse(["campaigns", place, "brands"], f'found "{brand}"; {advise(brand, known)}')


def _check_people(checked: Checked, sheet: ClientSheet, agency: Agency) -> None:
    team = sheet.team.model_dump(exclude_none=True)
    named: list[tuple[KeyPath, str]] = [(("team", role), id_) for role, id_ in team.items()]
    named += [(("channels", "orders_from", n), id_) for n, id_ in enumerate(sheet.channels.orders_from)]
    for path, id_ in named:
        if id_ not in agency.people:
            advice = advise(id_, agency.people)
            checked.refuse(path, f'found "{id_}", nobody of people in agency.yaml; {advice}')
    if "account" not in team:
        checked.note(["team"], "names no account manager; incidents of this client go to the desk alone")


def _check_brands(checked: Checked, sheet: ClientSheet, folded: Folded) -> None:
    own = _check_names(checked, "brands", [line.brand() for line in sheet.brands], {}, folded)
    _check_names(checked, "competitors", [line.brand() for line in sheet.competitors], own, folded)


def _check_names(
    checked: Checked, key: str, brands: Sequence[Brand], own: Mapping[str, str], folded: Folded
) -> Mapping[str, str]:
    """Folded name → the brand of the list it stands for. ``own``: what the client's own are called."""
    claimed: dict[str, str] = {}
    names = [brand.name for brand in brands]
    for place, brand in enumerate(brands):
        if brand.name in names[:place]:
            checked.refuse([key, place], f'repeats the brand "{brand.name}"; join the two entries')
            continue
        for alias in brand.aliases:
            name = folded(alias.text)
            _check_alias(checked, [key, place, "aliases"], alias, name)
            _check_claim(checked, [key, place], alias, own.get(name))
            other = claimed.setdefault(name, brand.name)
            if name and other != brand.name:
                says = f'"{alias.text}" already stands for the brand "{other}"; keep it at one of them'
                checked.refuse([key, place], says)
        _check_look_alikes(checked, [key, place, "look_alikes"], brand, folded)
        _check_words(checked, [key, place, "watch"], brand, folded)
    return claimed


def _check_claim(checked: Checked, path: KeyPath, alias: Alias, own: str | None) -> None:
    if own is not None:
        says = f'"{alias.text}" is a name of the client\'s own brand "{own}"; a competitor is somebody else'
        checked.refuse(path, says)


def _check_alias(checked: Checked, path: KeyPath, alias: Alias, name: str) -> None:
    if not name:
        says = f"{_UNSEEN.format(_spelt_out(alias.text))}; write a name"
        checked.refuse(path, says)
    elif len(name) == 1:
        says = f'the one character "{alias.text}" is found in nearly every text; write a longer alias'
        checked.refuse(path, says)


def _check_look_alikes(checked: Checked, below: KeyPath, brand: Brand, folded: Folded) -> None:
    names = [folded(alias.text) for alias in brand.aliases]
    for number, text in enumerate(brand.look_alikes):
        path: KeyPath = (*below, number)
        if folded(text) in names:
            checked.refuse(path, f'"{text}" is an alias itself and would void every match; remove it')
        elif not any(name in folded(text) for name in names):
            says = f'"{text}" contains no alias, so it voids nothing; write the longer word that misleads'
            checked.refuse(path, says)


def _check_words(checked: Checked, path: KeyPath, brand: Brand, folded: Folded) -> None:
    for text in words_of(brand.watch) if brand.watch else ():
        if not folded(text):
            checked.refuse(path, f"{_UNSEEN.format(_spelt_out(text))}; write a word, or leave it out")


def _spelt_out(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()


def _is_short_latin(text: str) -> bool:
    """Width and accents make no difference: ＡＢＣ and Évo are three letters too."""
    letters = [c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)]
    return len(letters) <= _SHORT_LATIN and "".join(letters).isascii()
