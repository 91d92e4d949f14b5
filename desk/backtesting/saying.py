"""What a result means as a reason, for command line and page alike."""

from datetime import timedelta

from desk.backtesting.result import Catch, Pair
from wanglou.domain.reason import Reason

MINUTE = timedelta(minutes=1)


def minutes(span: timedelta | None) -> int | None:
    """Whole minutes."""
    return None if span is None else round(span / MINUTE)


def verdict(catch: Catch) -> Reason:
    """Whether it was caught, and how much earlier or later than people were told, or than the onset."""
    if catch.lead is None:
        return Reason("backtest_missed")
    against = "told" if catch.past.told else "onset"
    return Reason(f"backtest_{against}_{_way(catch.lead)}", {"minutes": abs(minutes(catch.lead) or 0)})


def difference(pair: Pair, one: str, other: str) -> Reason:
    """Which of two configs told of it, and how much earlier the other did."""
    if pair.earlier is None:
        return Reason("backtest_only_one", {"config": one if pair.one else other})
    facts: dict[str, str | int] = {"other": other, "minutes": abs(minutes(pair.earlier) or 0)}
    return Reason(f"backtest_both_{_way(pair.earlier)}", facts)


def _way(earlier: timedelta) -> str:
    if abs(earlier) < MINUTE:
        return "at_once"
    return "earlier" if earlier > timedelta(0) else "later"
