"""What the town's sites show: pages and feeds as bytes, with what browsers need to ask again."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from desk.rehearsal.posts import Shown

FEED_LENGTH = 60
"""A feed shows this many entries at most; what is older must be found on the pages."""

TOWN_ZONE = ZoneInfo("Asia/Shanghai")
"""The town's pages tell the time as their readers do."""

_TEMPLATES = Environment(
    loader=PackageLoader(__package__, "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.filters["rfc822"] = format_datetime
_TEMPLATES.filters["local"] = lambda moment: moment.astimezone(TOWN_ZONE)


@dataclass(frozen=True, slots=True)
class Document:
    """A page as it stands. ``modified`` is a whole second."""

    body: bytes
    media_type: str
    modified: datetime
    status: HTTPStatus = HTTPStatus.OK

    @property
    def etag(self) -> str:
        """Strong: the same exactly while the bytes are the same."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    @property
    def validators(self) -> dict[str, str]:
        """What the asker should send back next time; an answer of 304 carries these too."""
        modified = format_datetime(self.modified.astimezone(UTC), usegmt=True)
        return {"etag": self.etag, "last-modified": modified, "cache-control": "no-cache"}

    @property
    def headers(self) -> dict[str, str]:
        """What the asker is told beside the body."""
        return {"content-type": self.media_type, **self.validators}


def is_known(document: Document, asked: Mapping[str, str]) -> bool:
    """Whether the asker holds this very document already (RFC 9110, 13.2.2).

    ``asked`` has lower-case names. If-None-Match, where present, alone decides.
    """
    tags = asked.get("if-none-match")
    if tags is not None:
        known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        return "*" in known or document.etag in known
    try:
        since = parsedate_to_datetime(asked.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and document.modified <= since


def render(template: str, media_type: str, modified: datetime, **blanks: Any) -> Document:
    """Fill a template. The encoding is the one the media type or the template's XML prolog declares."""
    text = _TEMPLATES.get_template(template).render(modified=modified, **blanks)
    return Document(text.encode(), media_type, modified)


def render_gb(template: str, modified: datetime, **blanks: Any) -> Document:
    """The same in the manner of old portals: declared as GB2312 in the prolog alone, sent as GB18030."""
    text = _TEMPLATES.get_template(template).render(modified=modified, encoding="gb2312", **blanks)
    return Document(text.encode("gb18030"), "text/xml", modified)


def render_gb_page(template: str, modified: datetime, **blanks: Any) -> Document:
    """A web page in the same manner: GB2312 by its own word, GB18030 by its bytes."""
    text = _TEMPLATES.get_template(template).render(modified=modified, charset="gb2312", **blanks)
    return Document(text.encode("gb18030"), "text/html", modified)


def newest(shown: Sequence[Shown], opened_at: datetime) -> datetime:
    """When the newest of ``shown`` went up; the site's opening where there is none."""
    return max((s.published_at for s in shown), default=opened_at)
