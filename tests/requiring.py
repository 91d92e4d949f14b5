"""What not every machine has: tests that need it are skipped, or fail where it is required."""

import os
from pathlib import Path
from typing import NoReturn

import pytest


def do_without(name: str, reason: str) -> NoReturn:
    """Skip, saying why; fail where ``WANGLOU_REQUIRE`` has the name."""
    if name in os.environ.get("WANGLOU_REQUIRE", "").split(","):
        pytest.fail(reason)
    pytest.skip(reason)


def shared(found: Path | None, what: str) -> Path:
    """The folder that floors are measured on or with, if it was found."""
    if found is None:
        do_without("shared", f"{what} not beside the checkout; set WANGLOU_SHARED to measure the floors")
    return found
