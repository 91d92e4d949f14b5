"""How long things may take: the agency's defaults, what a contract promises, and the stricter of both."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, WithJsonSchema

from wanglou.config.sheet import Sheet
from wanglou.config.values import Duration
from wanglou.domain.client import Limit
from wanglou.domain.clock import ACCOUNT_RESPONSE, DESK_ACKNOWLEDGE, STATEMENT
from wanglou.domain.severity import Severity

_COLOURS: Final = tuple(s.colour for s in Severity)
_REGIMES: Final = ("office_hours", "otherwise")


def _by_regime(value: Any) -> Any:
    """One duration holds by day and by night."""
    return value if isinstance(value, dict) else dict.fromkeys(_REGIMES, value)


def _by_severity(value: Any) -> Any:
    """What is said without a severity holds for all of them."""
    if isinstance(value, dict) and not value.keys() & set(_REGIMES):
        return value
    return dict.fromkeys(_COLOURS, value)


class Terms(Sheet):
    """One promise by office hours; ``otherwise`` left out promises nothing outside of them."""

    office_hours: Duration = Field(examples=["30m"])
    otherwise: Duration | None = Field(default=None, examples=["2h"])


_TermsOrDuration = Annotated[Terms, BeforeValidator(_by_regime)]


class SeverityTerms(Sheet):
    """One promise a severity; a severity left out has none."""

    red: _TermsOrDuration | None = None
    orange: _TermsOrDuration | None = None
    yellow: _TermsOrDuration | None = None
    blue: _TermsOrDuration | None = None

    def limit(self) -> Limit:
        """As the noun."""
        stated = {s: terms for s in Severity if (terms := getattr(self, s.colour)) is not None}
        return Limit(
            MappingProxyType({s: t.office_hours for s, t in stated.items()}),
            MappingProxyType({s: t.otherwise for s, t in stated.items() if t.otherwise is not None}),
        )


_DURATION_SCHEMA: Final = {"type": "string", "pattern": "^([0-9]+[smhd])+$"}
_TERMS_SCHEMA: Final = {
    "type": "object",
    "properties": dict.fromkeys(_REGIMES, _DURATION_SCHEMA),
    "required": ["office_hours"],
    "additionalProperties": False,
}
_LIMIT_SCHEMA: Final = {
    "anyOf": [
        _DURATION_SCHEMA,
        _TERMS_SCHEMA,
        {
            "type": "object",
            "properties": {c: {"anyOf": [_DURATION_SCHEMA, _TERMS_SCHEMA]} for c in _COLOURS},
            "additionalProperties": False,
        },
    ],
}

LimitTerms = Annotated[SeverityTerms, BeforeValidator(_by_severity), WithJsonSchema(_LIMIT_SCHEMA)]
"""``2h``, or ``{office_hours: 30m, otherwise: 2h}``, or a map of either by severity."""


class Sla(Sheet):
    """What is promised; each line may be left out."""

    desk_acknowledge: LimitTerms | None = Field(default=None, examples=["10m"])
    account_response: LimitTerms | None = Field(default=None, examples=["{office_hours: 30m, otherwise: 2h}"])
    statement: LimitTerms | None = Field(default=None, examples=["2h"])

    def limits(self) -> Mapping[str, Limit]:
        """Clock name → limit, for the lines that are there."""
        names = type(self).model_fields
        return {name: terms.limit() for name in names if (terms := getattr(self, name)) is not None}


def _minutes(red: int, orange: int, yellow: int, blue: int | None) -> Mapping[Severity, timedelta]:
    stated = {Severity.RED: red, Severity.ORANGE: orange, Severity.YELLOW: yellow, Severity.BLUE: blue}
    return MappingProxyType({s: timedelta(minutes=m) for s, m in stated.items() if m is not None})


DEFAULTS: Mapping[str, Limit] = MappingProxyType(
    {
        DESK_ACKNOWLEDGE: Limit(_minutes(5, 10, 15, 30), _minutes(5, 10, 15, 30)),
        ACCOUNT_RESPONSE: Limit(_minutes(15, 30, 30, 30), _minutes(15, 60, 120, 120)),
        STATEMENT: Limit(_minutes(60, 240, 1440, None), _minutes(60, 240, 1440, None)),
    },
)
"""Agency practice where nothing else is written: half an hour in hours and one to two outside for the
account manager, the first hour for a red statement, the golden four and 24 hours below it."""

_Durations = Mapping[Severity, timedelta]
_Choice = Callable[[timedelta, timedelta], timedelta]


def with_defaults(stated: Mapping[str, Limit]) -> Mapping[str, Limit]:
    """The agency's own words, severity by severity, over the defaults."""
    return _merged(DEFAULTS, stated, lambda _default, own: own)


def stricter(agency: Mapping[str, Limit], contract: Mapping[str, Limit]) -> Mapping[str, Limit]:
    """For each clock, severity and regime the shorter of both; what one leaves out the other gives."""
    return _merged(agency, contract, min)


def _merged(first: Mapping[str, Limit], second: Mapping[str, Limit], choose: _Choice) -> Mapping[str, Limit]:
    nothing = Limit({}, {})
    both = {name: (first.get(name, nothing), second.get(name, nothing)) for name in (*first, *second)}
    return MappingProxyType({name: _joined(one, two, choose) for name, (one, two) in both.items()})


def _joined(one: Limit, two: Limit, choose: _Choice) -> Limit:
    return Limit(
        _chosen(one.office_hours, two.office_hours, choose),
        _chosen(one.otherwise, two.otherwise, choose),
    )


def _chosen(one: _Durations, two: _Durations, choose: _Choice) -> _Durations:
    both = {s: choose(one[s], two[s]) for s in one.keys() & two.keys()}
    return MappingProxyType({**one, **two, **both})
