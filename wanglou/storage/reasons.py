"""Reasons as two columns: a code and its facts."""

from collections.abc import Mapping
from typing import Any

from wanglou.domain.reason import Reason, Value


def reason_columns(prefix: str, reason: Reason | None) -> dict[str, Any]:
    """``<prefix>_code`` and ``<prefix>_facts``; both None where there is no reason."""
    return {
        f"{prefix}_code": reason.code if reason else None,
        f"{prefix}_facts": dict(reason.facts) if reason else None,
    }


def reason_of(code: str | None, facts: Mapping[str, Value] | None) -> Reason | None:
    """The reason of two columns that may be empty."""
    return None if code is None else Reason(code, facts or {})
