"""How times, structured values and page text lie in both databases."""

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text, TypeDecorator

from wanglou.storage.errors import NaiveTimeError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

KEPT = 4_096
"""Values of JsonTuple kept: those of some 600 mentions, at most 5 MB."""


_AS_TEXT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
"""Made once: ``json.dumps`` makes one for each value."""


class Instant(TypeDecorator[datetime]):
    """An aware instant, as whole microseconds since 1970 UTC.

    An integer compares, sums and groups alike on SQLite and PostgreSQL and loses nothing; to read one by
    hand: ``to_timestamp(at / 1e6)`` there, ``datetime(at / 1000000, 'unixepoch')`` here.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """Refuse a time without a zone: nobody could say later when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise NaiveTimeError(value)
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """Aware UTC again, to the microsecond."""
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Json(TypeDecorator[Any]):
    """A structured value as JSON text, byte for byte as written: records are hashed over it.

    Text, because jsonb would turn 1e300 into an integer and could not be grouped the same way on SQLite.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """Readable Han text, no spaces."""
        return None if value is None else _AS_TEXT.encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 -- SQLAlchemy's signature
        """What was stored; JSON's arrays come back as lists."""
        return None if value is None else json.loads(value)


class JsonTuple(Json):
    """The same, coming back as tuples within tuples: read again and again, it is taken apart once."""

    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 -- SQLAlchemy's signature
        """What was stored, which nobody can change."""
        return None if value is None else _read(value)


@lru_cache(maxsize=KEPT)
def _read(value: str) -> Any:
    return _frozen(json.loads(value))


def _frozen(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return tuple([_frozen(one) if isinstance(one, list) else one for one in value])


class PageText(TypeDecorator[str]):
    """Text from a page. PostgreSQL cannot hold U+0000, so it is stored as U+FFFD everywhere."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 -- SQLAlchemy's signature
        """Replace what one of the databases would refuse."""
        return value.replace("\0", "\ufffd") if value and "\0" in value else value
