"""Counts as places write them."""

_LARGEST = 2**53
"""Up to here a float, a page's script and a database column hold a count exactly."""

_LONGEST = 20
_TIMES = {"万": 10_000, "w": 10_000, "亿": 100_000_000}


def read_count(text: str) -> int | None:
    """A count as written (12, 1,204, 3.5万); None where it is no number, or none that could be true."""
    bare = text.strip().replace(",", "").replace("，", "")
    times = _TIMES.get(bare[-1:].lower(), 1)
    number = bare[:-1] if times > 1 else bare
    if len(number) > _LONGEST or not number.replace(".", "", 1).isdecimal():
        return None
    count = int(float(number) * times)
    return count if count <= _LARGEST else None
