"""The config tests' agency folder, fresh for each test."""

from pathlib import Path

import pytest

from tests.units.config.agency_folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)
