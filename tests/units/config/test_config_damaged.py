"""Files damaged in the ways disks, editors and enemies know: a pointed sentence, never a traceback."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws import ON_ONE_FIXTURE
from tests.units.config.agency_folder import VALID, Folder

BOMB = "a: &a [x, x]\n" + "".join(
    f"{n}: &{n} [*{p}, *{p}, *{p}, *{p}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        pytest.param("", 1, "is empty", id="empty"),
        pytest.param("# nothing yet\n", 1, "is empty", id="comments-only"),
        pytest.param("- a\n- b\n", 1, "is a list", id="list"),
        pytest.param("just words\n", 1, "is one text", id="text"),
        pytest.param("client: tea\nname: 芷屿\nbrands: [芷屿\n", 4, "is not YAML", id="open-bracket"),
        pytest.param("client: tea\n\tname: x\n", 2, "spaces, never with tabs", id="tab"),
        pytest.param("client: tea\nname: a: b\n", 2, 'a text that contains ": "', id="colon"),
        pytest.param('client: tea\nname: "x\n', 3, "quotes", id="open-quote"),
        pytest.param("client: tea\nclient: tee\n", 2, "repeats the key 'client' of line 1", id="twice"),
        pytest.param("client: tea\n---\nclient: x\n", 2, "one document", id="two-documents"),
        pytest.param("client: tea\nname: *x\n", 2, 'begins with "*"', id="unknown-alias"),
        pytest.param("client: &x tea\nname: *x\n", 2, "uses an alias", id="alias"),
        pytest.param(BOMB, 2, "uses an alias", id="bomb"),
        pytest.param("a: &a [*a]\n", 1, "uses an alias", id="endless"),
        pytest.param("client: !!python/object:os.system tea\n", 1, "uses the tag", id="python-tag"),
        pytest.param("client: !secret tea\n", 1, "uses the tag", id="own-tag"),
        pytest.param("? [a, b]\n: x\n", 1, "has a list for a key", id="list-as-key"),
        pytest.param("x: " + "[" * 2_000, 1, "nested too deeply", id="deep"),
        pytest.param("x: " + "{a: " * 20_000, 1, "nested too deeply", id="deep-mapping"),
        pytest.param("client: tea\nname: \x07\n", 2, "is not YAML", id="control-character"),
        pytest.param(b"client: tea\nname: \xc2\xb9\xcd\xa1\xff\n", 2, "is not UTF-8", id="gbk"),
        pytest.param(b"\x7fELF\x00\x00\x01", 1, "is not a text file", id="binary"),
        pytest.param("client: tea".encode("utf-16"), 1, "is not UTF-8", id="utf-16"),
    ],
)
def test_a_damaged_file_is_named_with_its_line(
    folder: Folder, text: str | bytes, line: int, says: str
) -> None:
    folder.write("clients/tea.yaml", text)
    (problem,) = folder.problems()
    assert problem.startswith(f"config/clients/tea.yaml:{line}: ")
    assert says in problem


def test_a_file_of_fifty_megabytes_is_not_read(folder: Folder) -> None:
    with folder.path("clients/tea.yaml").open("wb") as stream:
        stream.truncate(50_000_000)
    (problem,) = folder.problems()
    assert "larger than 1,000,000 bytes" in problem


def test_links_in_a_ring_folders_and_pipes_are_named(folder: Folder) -> None:
    clients = folder.config / "clients"
    (clients / "a.yaml").symlink_to(clients / "b.yaml")
    (clients / "b.yaml").symlink_to(clients / "a.yaml")
    (clients / "c.yaml").symlink_to(clients / "nowhere")
    (clients / "d.yaml").mkdir()
    os.mkfifo(clients / "e.yaml")
    problems = folder.problems()
    assert [p.partition(": ")[0] for p in problems] == [f"config/clients/{n}.yaml" for n in "abcde"]
    assert all("cannot be read" in p or "is not a file" in p for p in problems)


def test_a_word_list_that_is_not_utf8_is_named(folder: Folder) -> None:
    folder.write("lexicon/user_words.txt", "安屿锁\n".encode("gb18030"))
    (problem,) = folder.problems()
    assert problem.startswith("config/lexicon/user_words.txt:1: is not UTF-8")


def test_a_link_to_a_good_file_is_followed(folder: Folder, tmp_path: Path) -> None:
    real = folder.path("clients/tea.yaml").rename(tmp_path / "real.yaml")
    folder.path("clients/tea.yaml").symlink_to(real)
    assert folder.problems() == []


_NAMES = st.sampled_from(sorted(VALID))
_SIGNS = [*"[]{}|>?'\"#:-,!&*%@`\n\t\r\x00\u2028万", "&a ", "*a", ": ", "\n- ", "<<: ", "null", "9" * 30]
_MARKS = ["---\n", "...\n", "%YAML 9\n", "|\n", "!!python/none x"]
_JUNK = st.one_of(st.binary(max_size=4), st.sampled_from(_SIGNS + _MARKS).map(str.encode))


@st.composite
def _damage(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file's name and its text after a few cuts and insertions."""
    name = draw(_NAMES)
    text = VALID[name].encode()
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        gone = draw(st.integers(0, 12))
        text = text[:at] + draw(_JUNK) + text[at + gone :]
    return name, text


@given(damage=_damage())
@settings(max_examples=100, deadline=None, suppress_health_check=ON_ONE_FIXTURE)
def test_whatever_happens_to_a_file_it_loads_or_says_what_is_wrong(
    folder: Folder, damage: tuple[str, bytes]
) -> None:
    name, text = damage
    folder.write(name, text)
    examined = folder.examine()
    folder.write(name, VALID[name])
    assert (examined.config is None) == bool(examined.problems)
    for problem in examined.problems:
        assert problem.line <= text.count(b"\n") + text.count(b"\r") + 2
        assert "\n" not in str(problem).strip()
