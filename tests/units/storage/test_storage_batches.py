"""Key lists cut for the database: nothing lost, and few different lengths."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wanglou.storage.batches import AT_ONCE, batches

SQLITE_TAKES = 32_766


@given(st.lists(st.text(min_size=1, max_size=3), max_size=200))
def test_every_key_is_asked_for_in_its_order(keys: list[str]) -> None:
    found = [key for batch in batches(keys) for key in batch]
    assert found[: len(keys)] == keys
    assert set(found) == set(keys)


@settings(max_examples=20)
@given(st.integers(1, 40_000))
def test_a_list_of_any_length_fits_into_statements(length: int) -> None:
    lengths = [len(batch) for batch in batches(map(str, range(length)))]
    assert max(lengths) <= AT_ONCE < SQLITE_TAKES
    assert length <= sum(lengths) < 2 * length + 1


def test_lists_of_all_lengths_need_few_different_statements() -> None:
    lengths = {len(batch) for n in range(1, 6_000, 7) for batch in batches("k" * n)}
    assert len(lengths) <= 14
