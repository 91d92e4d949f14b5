"""Settings of a detector, with some of them changed."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, ClassVar, Protocol, TypeVar


class _Fields(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


S = TypeVar("S", bound=_Fields)


def chosen(usual: S, kind: str, settings: Mapping[str, float]) -> S:
    """``usual`` with ``settings`` in their place. Raises ValueError for a name that is none."""
    known = [f.name for f in fields(usual)]
    strange = sorted(settings.keys() - set(known))
    if strange:
        raise ValueError(f"detector {kind!r} has no setting {strange[0]!r}; known: {', '.join(known)}")
    return replace(usual, **settings)
