"""Every kind of source, found by itself, held to the seam on its recorded pages.

A recorded page lies in ``tests/pages/<kind>/`` beside ``<page>.json``: the spec it was read under, the
page's address, headers and hour (``follows``: the link that led there), the items expected in order (fields
that have their default left out), ``follows`` and, where the page cannot be read whole, the wording code of
``trouble``.
"""

import json
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from crawlers.source import Follow, Page, Source, UnreadablePageError
from wanglou.domain.item import Item
from wanglou.domain.source import SourceClass, SourceSpec
from wanglou.kinds import find_kind, known_kinds
from wanglou.wording import LANGUAGES, catalogue

HOME = "crawlers.sources"
PAGES = Path(__file__).parents[1] / "pages"
KINDS = known_kinds(HOME)
RECORDED = sorted(PAGES.glob("*/*.json"))


def _spec(given: dict[str, Any], **changes: Any) -> SourceSpec:
    usual = {"every": timedelta(minutes=5), "silent_after": timedelta(days=1), "reach": 1000}
    source_class = SourceClass(given["source_class"])
    return SourceSpec(**{**usual, **given, **changes, "source_class": source_class})


def _page(record: Path, said: dict[str, Any]) -> Page:
    page = said["page"]
    body = record.with_suffix("").read_bytes()
    follows = Follow(page["follows"], {}) if "follows" in page else None
    return Page(page["url"], body, page["headers"], datetime.fromisoformat(page["fetched_at"]), follows)


def _read(source: Source, page: Page) -> tuple[list[Item | Follow], str | None]:
    found: list[Item | Follow] = []
    try:
        for each in source.read(page):
            found.append(each)  # noqa: PERF402 -- what came before an error counts
    except UnreadablePageError as error:
        return found, error.code
    return found, None


def _plain(item: Item) -> dict[str, Any]:
    """An item as the JSON beside a page writes it."""
    said = {f.name: getattr(item, f.name) for f in fields(item) if f.name != "source"}
    return {
        name: _value(value)
        for name, value in said.items()
        if value is not None and (name in {"url", "title", "text", "dated_by"} or value)
    }


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if hasattr(value, "__dataclass_fields__"):
        return {k: _value(v) for k, v in asdict(value).items() if v is not None and v is not False}
    return value


def test_every_kind_of_source_has_a_recorded_page_with_expected_items() -> None:
    whole = {p.parent.name for p in RECORDED if json.loads(p.read_text(encoding="utf-8"))["items"]}
    assert set(KINDS) == whole


@pytest.mark.parametrize("record", RECORDED, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_a_recorded_page_gives_its_expected_items(record: Path) -> None:
    said = json.loads(record.read_text(encoding="utf-8"))
    source: Source = find_kind(HOME, record.parent.name)(_spec(said["spec"]))
    found, trouble = _read(source, _page(record, said))
    assert [_plain(f) for f in found if isinstance(f, Item)] == said["items"]
    assert [f.url for f in found if isinstance(f, Follow)] == said.get("follows", [])
    assert trouble == said.get("trouble")


@pytest.mark.parametrize("record", RECORDED, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_the_same_page_gives_the_same_items_under_the_sources_own_id(record: Path) -> None:
    said = json.loads(record.read_text(encoding="utf-8"))
    source: Source = find_kind(HOME, record.parent.name)(_spec(said["spec"]))
    page = _page(record, said)
    first, second = _read(source, page), _read(source, page)
    assert first == second
    items = [f for f in first[0] if isinstance(f, Item)]
    assert {i.source for i in items} <= {source.id}
    assert len({i.key for i in items}) == len(items)
    assert all(i.published_at is None or i.published_at.tzinfo is UTC for i in items)


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_of_another_kind_is_an_error_and_never_an_empty_result(kind: str) -> None:
    source = _sample(kind)
    hour = datetime(2026, 11, 3, tzinfo=UTC)
    for body in (b"", b"<html><body>captcha</body></html>", bytes(range(256))):
        page = Page(next(iter(source.urls())), body, {"content-type": "text/html"}, hour)
        with pytest.raises(UnreadablePageError) as caught:
            list(source.read(page))
        assert set(catalogue()[caught.value.code]) == set(LANGUAGES)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_names_what_to_fetch_and_refuses_an_option_it_does_not_know(kind: str) -> None:
    assert list(_sample(kind).urls())
    spec = _sample_spec(kind)
    with pytest.raises(ValueError, match="colour"):
        find_kind(HOME, kind)(replace(spec, options={**spec.options, "colour": "red"}))


def _sample_spec(kind: str) -> SourceSpec:
    said = json.loads(next((PAGES / kind).glob("*.json")).read_text(encoding="utf-8"))
    return _spec(said["spec"])


def _sample(kind: str) -> Source:
    source: Source = find_kind(HOME, kind)(_sample_spec(kind))
    return source
