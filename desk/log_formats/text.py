"""Lines for people and for the system's journal."""

import logging


def line() -> logging.Formatter:
    """Time, level, who says it, and what; a traceback takes lines of its own."""
    return logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")


PLUGIN = line
