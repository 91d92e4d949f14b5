"""An object a line, for a log store; the only home of structlog, which brings rich and Twisted along."""

import logging
from collections.abc import Sequence

import structlog
from structlog.types import Processor


def line() -> logging.Formatter:
    """One record, one object; a traceback is a field, so that a record stays a line."""
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


PLUGIN = line
