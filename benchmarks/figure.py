"""What a benchmark says: a number, a named rival's number from the same run, and the floor of their ratio."""

from dataclasses import dataclass

_CI_SHARE = 0.5
"""CI fails only below this share of a floor: its machines are shared and slow."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. ``ratio``: how many times better than the rival; ``ok``: at or above ``floor``.

    ``rival`` and ``rival_value`` come from the same run, so that the machine's speed cancels out.
    """

    name: str
    value: float
    unit: str
    rival: str
    rival_value: float
    ratio: float
    floor: float
    ok: bool

    @property
    def fails_ci(self) -> bool:
        """Whether it lies so far below the floor that no slow machine explains it."""
        return self.ratio < self.floor * _CI_SHARE


@dataclass(frozen=True, slots=True)
class Rival:
    """Whom we are measured against, and how it did in this run."""

    name: str
    value: float

    def beaten_by_more(self, name: str, value: float, unit: str, floor: float) -> Figure:
        """Our figure, of which more is better, like posts a second."""
        return self._figure(name, value, unit, value / self.value, floor)

    def beaten_by_less(self, name: str, value: float, unit: str, floor: float) -> Figure:
        """Our figure, of which less is better, like seconds."""
        return self._figure(name, value, unit, self.value / value, floor)

    def _figure(self, name: str, value: float, unit: str, ratio: float, floor: float) -> Figure:
        return Figure(name, value, unit, self.name, self.value, ratio, floor, ratio >= floor)
