"""What the processes say while they run: a line a record on stderr, for people or for machines."""

import logging
import sys
from enum import StrEnum

from wanglou.kinds import find_kind

HOME = "desk.log_formats"

CHATTY = ("alembic", "scrapy", "uvicorn", "jieba", "asyncio")
"""Libraries whose warnings matter and whose reports of success do not."""


class LogFormat(StrEnum):
    """``text`` for people and the system's journal; ``json``: an object a line, for a log store."""

    TEXT = "text"
    JSON = "json"


def log_to_stderr(style: LogFormat) -> None:
    """Set up logging for a process; call once, before anything is logged."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(style))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    # A verb that takes longer than its beat is passed over until it is done: that is no warning here.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def formatter(style: LogFormat) -> logging.Formatter:
    """How one record becomes one line."""
    made: logging.Formatter = find_kind(HOME, style)()
    return made
