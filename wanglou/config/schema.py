"""JSON Schemas of the config files, so that an editor completes keys and underlines mistakes."""

import json
from collections.abc import Mapping
from typing import Any, Final

from wanglou.config.agency import AgencySheet
from wanglou.config.books import BookSheet
from wanglou.config.checks import CheckSheet
from wanglou.config.clients import ClientSheet
from wanglou.config.rules import RuleSheet
from wanglou.config.sheet import Sheet
from wanglou.config.sources import SourcesSheet

SHEETS: Final[Mapping[str, type[Sheet]]] = {
    "agency": AgencySheet,
    "sources": SourcesSheet,
    "client": ClientSheet,
    "rule": RuleSheet,
    "book": BookSheet,
    "check": CheckSheet,
}
"""File kind → its shape; each has a schema of its own."""


def schema_of(kind: str) -> str:
    """The schema of one file kind as JSON text; KeyError for a kind of file that does not exist."""
    schema: dict[str, Any] = SHEETS[kind].model_json_schema(mode="validation")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(head | schema, ensure_ascii=False, indent=2) + "\n"
