"""Small charts as SVG for the documents: bars in groups, and lines over an axis. Numbers and labels only."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

WIDTH, HEIGHT = 640, 316
LEFT, RIGHT, TOP, BOTTOM = 48, 12, 72, 44
INK, GRID, PAPER = "#1f2933", "#d9dee4", "#ffffff"
COLOURS = ("#b3392f", "#8d99a6", "#2f6f9f", "#c9a227")
_LEVELS = 5
_MARK = 4.0


def asked_folder(about: str | None) -> Path:
    """Where pictures go, as the command line asks: among the documents' unless it says --into."""
    asked = ArgumentParser(description=about, formatter_class=RawDescriptionHelpFormatter)
    asked.add_argument("--into", type=Path, default=Path(__file__).parents[1] / "docs" / "images")
    into: Path = asked.parse_args().into
    return into


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis spans, its label, and how its ticks are written."""

    label: str
    low: float
    high: float
    form: str = "{:g}"

    def part(self, value: float) -> float:
        """Where a value lies, 0 … 1."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class Line:
    """Points (x, y) in order; without ``joined`` they are marks."""

    name: str
    points: Sequence[tuple[float, float]]
    joined: bool = True


def bars(
    title: str,
    groups: Sequence[str],
    series: Mapping[str, Sequence[float]],
    y: Axis,
    floors: Sequence[float] = (),
) -> str:
    """A bar for each series in each group; ``floors`` are dashes across a group."""
    wide = _inner_width() / len(groups)
    each = wide * 0.8 / len(series)
    marks: list[str] = []
    for place, group in enumerate(groups):
        begin = LEFT + wide * (place + 0.1)
        for n, values in enumerate(series.values()):
            top = _down(y, values[place])
            marks += _bar(begin + each * n, top, each, COLOURS[n])
            marks.append(_text(begin + each * (n + 0.5), top - 4, y.form.format(values[place]), "middle", 11))
        marks.append(_text(begin + wide * 0.4, HEIGHT - BOTTOM + 16, group, "middle"))
    for place, floor in enumerate(floors):
        begin, at = LEFT + wide * (place + 0.1), _down(y, floor)
        marks.append(_rule(begin, at, begin + wide * 0.8, at, INK, dashed=True))
    return _picture(title, [*_levels(y), *_names(list(series)), *marks])


def lines(title: str, drawn: Sequence[Line], x: Axis, y: Axis, ticks: Sequence[float]) -> str:
    """Lines and marks over one axis."""
    drawn = [replace(line, points=tuple(dict.fromkeys(line.points))) for line in drawn]
    marks: list[str] = []
    for n, line in enumerate(drawn):
        places = [(LEFT + x.part(a) * _inner_width(), _down(y, b)) for a, b in line.points]
        if line.joined:
            path = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
            marks.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[n]}" stroke-width="2"/>')
        for (a, b), (_, value) in zip(places, line.points, strict=True):
            marks.append(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="{_MARK}" fill="{COLOURS[n]}"/>')
            marks.append(_text(a, b - 8, y.form.format(value), "middle", 11))
    for tick in ticks:
        at = LEFT + x.part(tick) * _inner_width()
        marks.append(_text(at, HEIGHT - BOTTOM + 16, x.form.format(tick), "middle"))
    marks.append(_text(WIDTH - RIGHT, HEIGHT - 8, x.label, "end"))
    return _picture(title, [*_levels(y), *_names([line.name for line in drawn]), *marks])


def _inner_width() -> float:
    return float(WIDTH - LEFT - RIGHT)


def _down(y: Axis, value: float) -> float:
    return TOP + (1.0 - y.part(value)) * (HEIGHT - TOP - BOTTOM)


def _levels(y: Axis) -> Iterator[str]:
    for step in range(_LEVELS + 1):
        value = y.low + (y.high - y.low) * step / _LEVELS
        yield _rule(LEFT, _down(y, value), WIDTH - RIGHT, _down(y, value), GRID)
        yield _text(LEFT - 6, _down(y, value) + 4, y.form.format(value), "end")
    yield _text(4, TOP - 22, y.label, "start")


def _names(names: Sequence[str]) -> Iterator[str]:
    """What each colour stands for, in a row at the top right."""
    wide = 150
    for n, name in enumerate(names):
        at = WIDTH - RIGHT - wide * (len(names) - n)
        yield f'<rect x="{at}" y="{TOP - 40}" width="10" height="10" fill="{COLOURS[n]}"/>'
        yield _text(at + 15, TOP - 31, name, "start")


def _bar(x: float, top: float, wide: float, colour: str) -> list[str]:
    tall = HEIGHT - BOTTOM - top
    return [f'<rect x="{x:.1f}" y="{top:.1f}" width="{wide - 2:.1f}" height="{tall:.1f}" fill="{colour}"/>']


def _rule(x: float, y: float, to_x: float, to_y: float, colour: str, *, dashed: bool = False) -> str:  # noqa: PLR0913 -- a line
    dashes = ' stroke-dasharray="4 3" stroke-width="1.5"' if dashed else ""
    return f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{colour}"{dashes}/>'


def _text(x: float, y: float, said: str, anchor: str, size: int = 12) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
    return f'<text {place} fill="{INK}">{escape(said)}</text>'


def _picture(title: str, marks: Sequence[str]) -> str:
    fonts = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-family="{fonts}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box}>'
    paper = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{PAPER}"/>'
    name = f"<title>{escape(title)}</title>"
    return "\n".join([head, name, paper, _text(4, 18, title, "start", 15), *marks, "</svg>", ""])
