"""On an incident's page a detector that spoke many times is one line, with the others behind it."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from desk.web.incident import by_kind
from tests.pages_sample import signals
from wanglou.domain.signal import Signal

FIRST = signals()[0]
SOME = st.lists(
    st.builds(
        lambda kind, strength, minutes: replace(
            FIRST, kind=kind, strength=strength, at=FIRST.at + timedelta(minutes=minutes)
        ),
        st.sampled_from(["burst", "authority", "silence"]),
        st.sampled_from([0.0, 0.5, 1.0]),
        st.integers(0, 600),
    ),
    max_size=12,
    unique_by=lambda s: s.key,
)


@given(SOME)
def test_none_is_lost_none_is_shown_twice_and_the_strongest_stands_in_front(told: list[Signal]) -> None:
    kinds = by_kind(told)
    shown = [s for same in kinds for s in (same.strongest, *same.others)]
    assert sorted(s.key for s in shown) == sorted(s.key for s in told)
    assert len({same.strongest.kind for same in kinds}) == len(kinds)
    for same in kinds:
        assert all(s.kind == same.strongest.kind for s in same.others)
        assert all(s.strength <= same.strongest.strength for s in same.others)
