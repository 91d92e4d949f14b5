"""Archives of arrays (npz): what reading something else as one leads to."""

import zlib
from zipfile import BadZipFile

NOT_ONE = (
    *(ValueError, LookupError, OSError, EOFError, BadZipFile, zlib.error),
    *(TypeError, AttributeError),  # a plain .npy is an array, and a member that is none is bytes
    RuntimeError,  # a zip that is packed otherwise, or behind a password
)
"""Caught together wherever a file that somebody may have mistaken, cut or damaged is opened."""
