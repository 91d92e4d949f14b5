"""What the processes say while they run: a line a record on stderr, for people or for machines."""

import logging
import sys
from collections.abc import Sequence
from enum import StrEnum

import structlog
from structlog.types import Processor

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
    """How one record becomes one line. In JSON a traceback is a field, so that a record stays a line."""
    if style is LogFormat.TEXT:
        return logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    known: Sequence[Processor] = (
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    )
    last: Sequence[Processor] = (
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.EventRenamer("message"),
        structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
    )
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=known, processors=last)
