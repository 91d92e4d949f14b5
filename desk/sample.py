"""Where the sample agency's files are: in the wheel, or beside the checkout's packages."""

from pathlib import Path

import playbooks

_IN_THE_WHEEL = Path(__file__).parent / "sample_config"
_IN_A_CHECKOUT = Path(__file__).parent.parent / "config"

SAMPLE_CONFIG = _IN_THE_WHEEL if _IN_THE_WHEEL.is_dir() else _IN_A_CHECKOUT
"""A config folder that is valid as it is: copied by newcomers, its words shared with the rehearsal."""

CHECKS = Path(playbooks.__path__[0]) / "checks"
"""What statements are held against; a config folder's own ``checks/`` add to it."""

SHIPPED_LIBRARY = Path(playbooks.__path__[0]) / "library"
"""The books that come with the program."""
