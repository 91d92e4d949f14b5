"""Archives of arrays (npz) with a header of JSON, and what reading something else as one leads to."""

import json
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

NOT_ONE = (
    *(ValueError, LookupError, OSError, EOFError, BadZipFile, zlib.error),
    *(TypeError, AttributeError),  # a plain .npy is an array, and a member that is none is bytes
    RuntimeError,  # a zip that is packed otherwise, or behind a password
)
"""Caught together wherever a file that somebody may have mistaken, cut or damaged is opened."""


def packed(header: Mapping[str, Any], tables: Mapping[str, Any]) -> bytes:
    """The archive, without objects. The same header and tables give the same bytes."""
    text = json.dumps(header, ensure_ascii=False, sort_keys=True).encode()
    archive = BytesIO()
    np.savez_compressed(archive, header=np.frombuffer(text, dtype=np.uint8), **dict(tables))
    return archive.getvalue()


def unpacked(data: bytes, *names: str) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """The header and the tables of these names. Raises one of ``NOT_ONE``."""
    with np.load(BytesIO(data), allow_pickle=False) as arrays:
        return json.loads(arrays["header"].tobytes()), [arrays[name] for name in names]
