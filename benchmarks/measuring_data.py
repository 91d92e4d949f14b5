"""Where the labelled texts for measuring lie, if they are here at all; they are not part of the project."""

import os
from pathlib import Path

_BESIDE = Path(__file__).parents[1].parent / "shared"


def measuring_data(name: str) -> Path | None:
    """The folder ``data/<name>`` of WANGLOU_SHARED, or of ``shared`` beside the checkout; None without."""
    return _shared(Path("data") / name)


def measuring_tools() -> Path | None:
    """The folder of measuring tools beside the data; None without."""
    return _shared(Path("tools"))


def _shared(path: Path) -> Path | None:
    folder = Path(os.environ.get("WANGLOU_SHARED") or _BESIDE) / path
    return folder if folder.is_dir() else None
