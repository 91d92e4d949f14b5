"""Where the labelled texts for measuring lie, if they are here at all; they are not part of the project."""

import os
from pathlib import Path

_BESIDE = Path(__file__).parents[1].parent / "shared"


def measuring_data(name: str) -> Path | None:
    """The folder ``data/<name>`` of WANGLOU_SHARED, or of ``shared`` beside the checkout; None without."""
    home = Path(os.environ.get("WANGLOU_SHARED") or _BESIDE)
    folder = home / "data" / name
    return folder if folder.is_dir() else None
