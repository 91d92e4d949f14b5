"""``sources.yaml``: every place we look."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from pydantic import Field

from wanglou.config.kinds import KnownKinds
from wanglou.config.problem import advise
from wanglou.config.sheet import Checked, Sheet
from wanglou.config.values import Amount, Duration, Id, Name, Option, Origin, Place, Word
from wanglou.domain.source import SourceClass, SourceSpec


class SourceSheet(Sheet):
    """One place; what is left out is guessed for a news feed of middling reach."""

    id: Id = Field(examples=["chengbao"])
    name: Name | None = Field(default=None, examples=["城报快讯"])
    kind: Word = Field(examples=["feed"])
    url: Place = Field(examples=["https://news.example.com/rss.xml"])
    source_class: SourceClass = Field(default=SourceClass.NEWS, alias="class", examples=["news"])
    every: Duration = Field(default=timedelta(minutes=10), examples=["10m"])
    silent_after: Duration = Field(default=timedelta(days=1), examples=["1d"])
    reach: Amount = Field(default=1000, examples=["100k"])
    enabled: bool = Field(default=True, examples=["false"])
    allow_private: tuple[Origin, ...] = Field(default=(), examples=["[127.0.0.1:1200]"])
    options: dict[Word, Option] = Field(default={}, examples=["{limit: 50}"])


class SourcesSheet(Sheet):
    """The whole file."""

    sources: tuple[SourceSheet, ...] = Field(examples=["[{id: …, kind: feed, url: …}]"])


def read_sources(checked: Checked, kinds: KnownKinds) -> Mapping[str, SourceSpec] | None:
    """The sources by id, in file order, or None where the file's own shape is wrong.

    Those that are switched off are among them: their lines are held to the same rules.
    """
    sheet = checked.sheet(SourcesSheet)
    if sheet is None:
        return None
    if not any(line.enabled for line in sheet.sources):
        says = "has no source that is enabled" if sheet.sources else "is empty"
        checked.note(["sources"], f"{says}; nothing will be collected")
    found: dict[str, SourceSpec] = {}
    for place, line in enumerate(sheet.sources):
        _check(checked, place, line, kinds)
        if line.id in found:
            checked.refuse(["sources", place, "id"], f'repeats the id "{line.id}"; choose another')
        found[line.id] = _spec(line)
    return MappingProxyType(found)


def _check(checked: Checked, place: int, line: SourceSheet, kinds: KnownKinds) -> None:
    if line.kind not in kinds.sources:
        checked.refuse(
            ["sources", place, "kind"], f'found the kind "{line.kind}"; {advise(line.kind, kinds.sources)}'
        )
    if line.silent_after < line.every:
        says = "is shorter than every; write at least the time between two looks"
        checked.refuse(["sources", place, "silent_after"], says)


def _spec(line: SourceSheet) -> SourceSpec:
    return SourceSpec(
        id=line.id,
        name=line.name or line.id,
        kind=line.kind,
        url=line.url,
        source_class=line.source_class,
        every=line.every,
        silent_after=line.silent_after,
        reach=line.reach,
        allow_private=line.allow_private,
        options=MappingProxyType(dict(line.options)),
        enabled=line.enabled,
    )
