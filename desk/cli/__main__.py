"""``python -m desk.cli``: the same as ``wanglou``, for processes that start one another."""

import sys

from desk.cli.main import main

sys.exit(main())
