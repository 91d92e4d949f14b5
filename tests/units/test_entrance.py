"""Coming in: what is refused, what locks, what ends."""

from datetime import timedelta

import pytest

from desk.entrance import (
    ABSOLUTE,
    ADDRESS_FAILURES,
    ADDRESS_WINDOW,
    FIRST_LOCKOUT,
    FREE_FAILURES,
    IDLE,
    LINK_LIVES,
    LINK_REFUSED,
    LONGEST_LOCKOUT,
    REFUSED,
    AddressThrottle,
    Entered,
    Entrance,
    digest,
    network_of,
)
from tests.pages_sample import NOW, PASSWORD, QUICK_HASHER, config
from wanglou.ports import Storage

HOME = "192.0.2.7"
SECOND = timedelta(seconds=1)


@pytest.fixture
def entrance(sqlite_storage: Storage) -> Entrance:
    made = Entrance(sqlite_storage, config().agency.people, QUICK_HASHER)
    assert made.set_password("wang", PASSWORD, NOW) is None
    return made


def fail(entrance: Entrance, times: int, name: str = "wang", address: str = HOME) -> None:
    for _ in range(times):
        assert entrance.sign_in(name, "not the password", address, NOW) == REFUSED


def test_the_right_password_comes_in(entrance: Entrance) -> None:
    came = entrance.sign_in("wang", PASSWORD, HOME, NOW)
    assert isinstance(came, Entered)
    visit = entrance.visit(came.token, NOW)
    assert visit
    assert visit.person.name == "王敏"


def test_every_sign_in_has_a_token_of_its_own(entrance: Entrance) -> None:
    tokens = {entrance.sign_in("wang", PASSWORD, HOME, NOW).token for _ in range(3)}  # type: ignore[union-attr]
    assert len(tokens) == 3
    assert all(len(t) >= 43 for t in tokens)  # 256 bits in base 64


def test_the_width_of_typed_letters_does_not_matter(entrance: Entrance) -> None:
    assert entrance.set_password("lin", "ＡＢＣ１２３ｄｅｆ４５", NOW) is None
    assert isinstance(entrance.sign_in("lin", "ABC123def45", HOME, NOW), Entered)


@pytest.mark.parametrize("name", ["wang", "nobody-of-that-name", "lin", ""])
def test_a_refusal_does_not_tell_which_names_exist(entrance: Entrance, name: str) -> None:
    assert entrance.sign_in(name, "wrong", HOME, NOW) == REFUSED


def test_a_few_slips_cost_nothing(entrance: Entrance) -> None:
    fail(entrance, FREE_FAILURES)
    assert isinstance(entrance.sign_in("wang", PASSWORD, HOME, NOW), Entered)


def test_more_failures_lock_even_the_right_password_out_for_a_while(entrance: Entrance) -> None:
    fail(entrance, FREE_FAILURES + 1)
    assert entrance.sign_in("wang", PASSWORD, HOME, NOW) == REFUSED
    assert isinstance(entrance.sign_in("wang", PASSWORD, HOME, NOW + FIRST_LOCKOUT), Entered)


def test_each_further_failure_doubles_the_wait_up_to_a_limit(entrance: Entrance) -> None:
    now, waits = NOW, []
    fail(entrance, FREE_FAILURES)
    for number in range(8):
        entrance.sign_in("wang", "wrong", f"198.51.100.{number}", now)
        with entrance.storage.look() as work:
            known = work.sign_ins.of("wang")
        assert known
        assert known.locked_until
        waits.append(known.locked_until - now)
        now = known.locked_until
    assert waits[:3] == [FIRST_LOCKOUT, 2 * FIRST_LOCKOUT, 4 * FIRST_LOCKOUT]
    assert waits[-1] == LONGEST_LOCKOUT


def test_guessing_while_locked_does_not_lengthen_the_wait(entrance: Entrance) -> None:
    fail(entrance, FREE_FAILURES + 5)
    assert isinstance(entrance.sign_in("wang", PASSWORD, HOME, NOW + FIRST_LOCKOUT), Entered)


def test_coming_in_forgets_earlier_slips(entrance: Entrance) -> None:
    fail(entrance, FREE_FAILURES)
    entrance.sign_in("wang", PASSWORD, HOME, NOW)
    fail(entrance, FREE_FAILURES)
    assert isinstance(entrance.sign_in("wang", PASSWORD, HOME, NOW), Entered)


def test_an_address_that_tries_many_names_is_shut_out_for_a_window(entrance: Entrance) -> None:
    fail(entrance, ADDRESS_FAILURES, name="someone")
    assert entrance.sign_in("wang", PASSWORD, HOME, NOW) == REFUSED
    assert isinstance(entrance.sign_in("wang", PASSWORD, "198.51.100.1", NOW), Entered)
    assert isinstance(entrance.sign_in("wang", PASSWORD, HOME, NOW + ADDRESS_WINDOW), Entered)


def test_one_ipv6_customer_is_one_address() -> None:
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9")
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")


def test_the_throttle_remembers_only_so_many_addresses() -> None:
    throttle = AddressThrottle(size=3)
    for number in range(10):
        throttle.count(f"192.0.2.{number}", NOW)
    assert len(throttle._failures) == 3


def test_a_session_ends_when_nobody_uses_it(entrance: Entrance) -> None:
    came = entrance.sign_in("wang", PASSWORD, HOME, NOW)
    assert isinstance(came, Entered)
    assert entrance.visit(came.token, NOW + IDLE - SECOND)
    assert entrance.visit(came.token, NOW + 2 * IDLE - 2 * SECOND)
    assert entrance.visit(came.token, NOW + 3 * IDLE) is None


def test_a_session_ends_at_last_however_much_it_is_used(entrance: Entrance) -> None:
    came = entrance.sign_in("wang", PASSWORD, HOME, NOW)
    assert isinstance(came, Entered)
    now = NOW
    while now + IDLE / 2 < NOW + ABSOLUTE:
        assert entrance.visit(came.token, now)
        now += IDLE / 2
    assert entrance.visit(came.token, NOW + ABSOLUTE) is None


def test_an_open_page_alone_keeps_nobody_in(entrance: Entrance) -> None:
    came = entrance.sign_in("wang", PASSWORD, HOME, NOW)
    assert isinstance(came, Entered)
    assert entrance.still_in(digest(came.token), NOW + IDLE - SECOND)
    assert not entrance.still_in(digest(came.token), NOW + IDLE)


def test_signing_out_ends_this_session_only(entrance: Entrance) -> None:
    desk, phone = (entrance.sign_in("wang", PASSWORD, HOME, NOW) for _ in range(2))
    assert isinstance(desk, Entered)
    assert isinstance(phone, Entered)
    entrance.sign_out(desk.token, HOME, NOW)
    assert entrance.visit(desk.token, NOW) is None
    assert entrance.visit(phone.token, NOW)


def test_revoking_ends_sessions_links_and_password(entrance: Entrance) -> None:
    came = entrance.sign_in("wang", PASSWORD, HOME, NOW)
    assert isinstance(came, Entered)
    nonce = entrance.make_link("wang", NOW).removeprefix("/link/")
    assert entrance.revoke("wang", NOW) == 1
    assert entrance.visit(came.token, NOW) is None
    assert entrance.use_link(nonce, HOME, NOW) == LINK_REFUSED
    assert entrance.sign_in("wang", PASSWORD, HOME, NOW) == REFUSED


def test_a_new_password_ends_old_sessions(entrance: Entrance) -> None:
    came = entrance.sign_in("wang", PASSWORD, HOME, NOW)
    assert isinstance(came, Entered)
    assert entrance.set_password("wang", "另一句更长的口令", NOW) is not None  # nine characters
    assert entrance.visit(came.token, NOW)
    assert entrance.set_password("wang", "另一句要长得多的口令", NOW) is None
    assert entrance.visit(came.token, NOW) is None


def test_someone_who_left_the_agency_is_out(entrance: Entrance) -> None:
    came = entrance.sign_in("wang", PASSWORD, HOME, NOW)
    assert isinstance(came, Entered)
    rest = {k: p for k, p in entrance.people.items() if k != "wang"}
    later = Entrance(entrance.storage, rest, QUICK_HASHER)
    assert later.visit(came.token, NOW) is None
    assert later.sign_in("wang", PASSWORD, HOME, NOW) == REFUSED


def test_a_link_shows_its_owner_often_and_works_once(entrance: Entrance) -> None:
    nonce = entrance.make_link("lin", NOW).removeprefix("/link/")
    for _ in range(3):  # mail scanners and chat previews open links too
        owner = entrance.link_owner(nonce, NOW)
        assert owner
        assert owner.id == "lin"
    assert isinstance(entrance.use_link(nonce, HOME, NOW), Entered)
    assert entrance.use_link(nonce, HOME, NOW) == LINK_REFUSED
    assert entrance.link_owner(nonce, NOW) is None


def test_a_link_waits_a_day_and_no_longer(entrance: Entrance) -> None:
    nonce = entrance.make_link("lin", NOW).removeprefix("/link/")
    assert entrance.use_link(nonce, HOME, NOW + LINK_LIVES) == LINK_REFUSED


def test_a_lockout_leaves_the_way_by_link_open(entrance: Entrance) -> None:
    fail(entrance, FREE_FAILURES + 3)
    nonce = entrance.make_link("wang", NOW).removeprefix("/link/")
    assert isinstance(entrance.use_link(nonce, HOME, NOW), Entered)


def test_nobody_gets_a_link_or_password_who_is_not_of_the_agency(entrance: Entrance) -> None:
    with pytest.raises(KeyError):
        entrance.make_link("stranger", NOW)
    assert entrance.set_password("stranger", PASSWORD, NOW) is not None
