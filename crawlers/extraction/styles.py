"""What an inline style says in numbers: lengths, colours, and whether it takes words out of sight."""

import re
from collections.abc import Mapping

_DECLARATION = re.compile(r"([\w-]+)\s*:\s*([^;]+)")
_LENGTH = re.compile(r"(?<![\w.#])(-?\d*\.?\d+)\s*(px|pt|r?em|%|v[wh])?", re.IGNORECASE)
_WORKED_OUT = re.compile(r"calc\(|var\(|clamp\(|min\(|max\(")
_PIXELS = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "": 1.0}
_HEX = re.compile(r"#([0-9a-f]{3,8})\b", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)(?:[\s,/]+(\d*\.?\d+)(%?))?\s*\)", re.IGNORECASE)
_NAMED = {"white": "ffffff", "snow": "fffafa", "ivory": "fffff0", "whitesmoke": "f5f5f5", "black": "000000"}
_FAR = -900.0
"""Pixels: an offset beyond it is off the screen, one before it may centre a layout."""

_SMALLEST_FONT = 2.0
_INVISIBLE = 0.05
_DOT = 1.0
"""Pixels of a box that cuts off what flows over it."""

_LONGEST_VALUE = 200
"""Characters looked at: a picture written out in a style says nothing of hiding."""

_OFFSETS = ("left", "right", "top", "bottom")
_MARGINS = ("margin-left", "margin-right", "margin-top")
_SIZES = ("height", "width", "max-height", "max-width")

Style = Mapping[str, str]
"""Properties in lower case with their last values."""

Colour = tuple[int, int, int]


def read_style(written: str) -> Style:
    """The declarations of a ``style`` attribute."""
    found = _DECLARATION.findall(written.lower().replace("!important", ""))
    return {name: value[:_LONGEST_VALUE].strip() for name, value in found}


def sign_of_style(style: Style) -> str | None:
    """Which of its properties takes an element out of sight; colours need to know what is behind."""
    if style.get("display") == "none":
        return "display"
    if style.get("visibility") in {"hidden", "collapse"}:
        return "visibility"
    if _is_faint(style):
        return "opacity"
    if _is_out_of_sight(style):
        return "place"
    return "size" if is_tiny(style) else None


def pixels(value: str) -> float | None:
    """The first length in a value; None where there is none, or it depends on a box."""
    found = _LENGTH.search(value)
    if not found or _WORKED_OUT.search(value):
        return None
    size, unit = float(found[1]), (found[2] or "").lower()
    return size * _PIXELS[unit] if unit in _PIXELS else (0.0 if size == 0 else None)


def colour(value: str) -> Colour | None:
    """Red, green and blue; None for what is no plain colour, such as a picture."""
    value = f"#{_NAMED[value]}" if value in _NAMED else value
    if found := _RGB.search(value):
        return int(found[1]), int(found[2]), int(found[3])
    if not (found := _HEX.search(value)):
        return None
    digits = found[1] if len(found[1]) >= 6 else "".join(2 * char for char in found[1])  # noqa: PLR2004
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def is_see_through(value: str) -> bool:
    """Whether a colour lets everything through."""
    found = _RGB.search(value)
    return value == "transparent" or (
        found is not None and found[4] is not None and float(found[4]) <= _INVISIBLE
    )


def _is_faint(style: Style) -> bool:
    """Whether nothing of it can be seen for its opacity."""
    shares = [style.get("opacity", ""), *re.findall(r"opacity\s*[(=]\s*([\d.]+)", style.get("filter", ""))]
    return any((size := pixels(share)) is not None and size <= _INVISIBLE for share in shares)


def is_tiny(style: Style) -> bool:
    """Whether the letters are too small to be read."""
    size = pixels(style.get("font-size", ""))
    if size is None and style.get("font", "").startswith(("0/", "0 ", "0px")):
        return True
    return size is not None and size <= _SMALLEST_FONT


def _is_out_of_sight(style: Style) -> bool:
    """Whether it lies off the screen, behind the page, or is cut to nothing."""
    return _is_far(style) or _is_cut(style) or _is_shrunk(style) or _is_behind(style)


def _is_far(style: Style) -> bool:
    moved = re.findall(r"translate\w*\(([^)]*)\)", style.get("transform", ""))
    shifts = [style.get(name, "") for name in (*_OFFSETS, *_MARGINS, "text-indent")]
    shifts += [part for move in moved for part in move.split(",")]
    return any((size := pixels(shift)) is not None and size <= _FAR for shift in shifts)


def _is_cut(style: Style) -> bool:
    edges = [pixels(edge) for edge in re.split(r"[\s,]+", _inside(style.get("clip", ""), "rect"))]
    if edges and all(edge is not None and abs(edge) <= _DOT for edge in edges):
        return True
    path = style.get("clip-path", "")
    if re.search(r"inset\(\s*(?:[5-9]\d|100)(?:\.\d+)?%|circle\(\s*0(?:px|%)?\s*[)a]|polygon\(\s*\)", path):
        return True
    cuts = any(style.get(name, "").startswith(("hidden", "clip")) for name in ("overflow", "overflow-y"))
    small = any((size := pixels(style.get(name, ""))) is not None and size <= _DOT for name in _SIZES)
    return small and cuts and not style.get("padding-bottom")


def _is_shrunk(style: Style) -> bool:
    factors = re.findall(r"scale[xy3d]*\(\s*([\d.]+)", style.get("transform", ""))
    return any(float(factor) <= _INVISIBLE for factor in factors if factor != ".")


def _is_behind(style: Style) -> bool:
    level = style.get("z-index", "")
    return level.startswith("-") and style.get("position", "") in {"absolute", "fixed"}


def _inside(value: str, function: str) -> str:
    found = re.search(rf"{function}\(([^)]*)\)", value)
    return found[1].strip() if found else ""
