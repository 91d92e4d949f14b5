"""What one source may cost: bytes, seconds, pages and the pause between two requests."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wanglou.domain.source import SourceSpec

_MEGABYTE = 1_000_000
_OPTIONS = frozenset({"max_megabytes", "timeout_seconds", "max_pages", "spacing_seconds", "obey_robots"})


@dataclass(frozen=True, slots=True)
class Limits:
    """``max_bytes`` counts the unpacked body, ``total_time`` all of one request, its body included.

    ``max_pages`` is per round; addresses beyond it wait for the next. ``spacing`` is kept per origin.
    """

    max_bytes: int = 10 * _MEGABYTE
    total_time: timedelta = timedelta(seconds=30)
    max_pages: int = 50
    spacing: timedelta = timedelta(seconds=1)
    obey_robots: bool = True


def limits_of(spec: SourceSpec, usual: Limits) -> Limits:
    """``usual``, where the spec's options say nothing else. An origin of our own needs no pause."""
    options = spec.options
    spacing = timedelta(0) if spec.allow_private else usual.spacing
    return Limits(
        max_bytes=int(_number(options, "max_megabytes", usual.max_bytes / _MEGABYTE) * _MEGABYTE),
        total_time=timedelta(seconds=_number(options, "timeout_seconds", usual.total_time.total_seconds())),
        max_pages=int(_number(options, "max_pages", usual.max_pages)),
        spacing=timedelta(seconds=_number(options, "spacing_seconds", spacing.total_seconds(), lowest=0)),
        obey_robots=_truth(options, "obey_robots", usual=usual.obey_robots),
    )


def check_options(spec: SourceSpec, own: Collection[str] = ()) -> None:
    """Refuse options that neither this kind nor any source knows, and limits that are no numbers.

    Raises ValueError naming the option.
    """
    unknown = sorted(set(spec.options) - _OPTIONS - set(own))
    if unknown:
        known = ", ".join(sorted(_OPTIONS | set(own)))
        raise ValueError(
            f"source {spec.id!r}: kind {spec.kind!r} knows no option {unknown[0]!r}; known: {known}"
        )
    limits_of(spec, Limits())


def zone_of(spec: SourceSpec) -> ZoneInfo:
    """Where the site's clock hangs: option ``zone``, China's where nothing is said."""
    name = str(spec.options.get("zone", "Asia/Shanghai"))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(
            f"source {spec.id!r}: zone {name!r} is not an IANA name such as Asia/Shanghai"
        ) from error


def _number(options: Mapping[str, object], name: str, usual: float, lowest: float = 0.001) -> float:
    value = options.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < lowest:
        raise ValueError(f"option {name}: {value!r} is not a number above {lowest:g}")
    return float(value)


def _truth(options: Mapping[str, object], name: str, *, usual: bool) -> bool:
    value = options.get(name, usual)
    if not isinstance(value, bool):
        raise ValueError(f"option {name}: {value!r} is neither true nor false")  # noqa: TRY004 -- seam's error
    return value
