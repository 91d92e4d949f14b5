"""The verbs of coming in: passwords, one-time links, sessions, and the record of both.

Every refusal is the same sentence after the same work, whoever was named: it tells nobody which names exist.
"""

import hashlib
import secrets
import unicodedata
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import AddressValueError, IPv6Address
from threading import BoundedSemaphore, Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wanglou.domain.person import Person
from wanglou.domain.reason import Reason
from wanglou.ports import Session, SignIn, Storage

IDLE = timedelta(hours=24)
"""A session nobody used for this long is over: two shifts of twelve hours."""

ABSOLUTE = timedelta(days=7)
"""A session is over after this, used or not."""

LINK_LIVES = timedelta(hours=24)
"""How long a one-time link waits to be used."""

FREE_FAILURES = 4
"""Wrong passwords before the first lockout: fingers slip, above all at three in the morning."""

FIRST_LOCKOUT = timedelta(seconds=30)
LONGEST_LOCKOUT = timedelta(minutes=15)
"""Short enough that a stranger who guesses at a name cannot keep its owner out for a shift."""

ADDRESS_FAILURES = 20
ADDRESS_WINDOW = timedelta(minutes=15)
"""One office shares an address: twenty failures in a quarter of an hour are more than slips."""

SEEN_EVERY = timedelta(minutes=1)
"""``seen_at`` is written at most this often, so that looking at a page rarely takes the write lock."""

HASHES_AT_ONCE = 2
"""Each check of a password takes 64 MiB on purpose; a crowd of guesses must not take the machine."""

FRESH = timedelta(minutes=15)
"""A password is changed only this soon after signing in: an unlocked phone on a table must not do."""

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 256

REFUSED = Reason("entrance_refused")
LINK_REFUSED = Reason("entrance_link_refused")


@dataclass(frozen=True, slots=True)
class Entered:
    """Someone came in. ``token`` goes into the cookie and is stored nowhere; ``until`` is the last moment."""

    person: Person
    token: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Visit:
    """A request by someone who is in. ``binding`` names the session and may be signed into forms.

    ``since`` is when they signed in.
    """

    person: Person
    binding: str
    since: datetime


class AddressThrottle:
    """Failures per address, remembered in this process only and for at most ``size`` addresses."""

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._failures: OrderedDict[str, tuple[int, datetime]] = OrderedDict()
        self._lock = Lock()

    def is_shut(self, address: str, now: datetime) -> bool:
        """Whether this address failed too often in the current window."""
        with self._lock:
            count, since = self._failures.get(network_of(address), (0, now))
        return count >= ADDRESS_FAILURES and now < since + ADDRESS_WINDOW

    def count(self, address: str, now: datetime) -> None:
        """Remember one more failure; a window that is over starts anew."""
        network = network_of(address)
        with self._lock:
            count, since = self._failures.pop(network, (0, now))
            if now >= since + ADDRESS_WINDOW:
                count, since = 0, now
            self._failures[network] = (count + 1, since)
            while len(self._failures) > self._size:
                self._failures.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Entrance:
    """Who may come in, and how. Each verb is a transaction of its own.

    ``people``: id → person; someone no longer listed there is out, whatever the tables say.
    """

    storage: Storage
    people: Mapping[str, Person]
    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    addresses: AddressThrottle = field(default_factory=AddressThrottle)
    _nobody: str = field(init=False, repr=False)
    _turn: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(HASHES_AT_ONCE), repr=False)

    def __post_init__(self) -> None:
        # Checked against when there is no password, so that an unknown name takes as long as a known one.
        object.__setattr__(self, "_nobody", self.hasher.hash(secrets.token_hex(16)))

    def set_password(self, person: str, password: str, now: datetime) -> Reason | None:
        """Set a password and end the person's sessions; a Reason says what is wrong with it."""
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            return Reason("entrance_password_length", {"least": SHORTEST_PASSWORD, "most": LONGEST_PASSWORD})
        if person not in self.people:
            return Reason("entrance_no_such_person", {"person": person})
        hashed = self.hasher.hash(_normal(password))
        with self.storage.begin() as work:
            work.sign_ins.save(SignIn(person, hashed))
            work.sign_ins.end_sessions_of(person)
            work.sign_ins.record(person, "password", now, "")
            work.commit()
        return None

    def change_password(self, visit: Visit, password: str, now: datetime) -> Reason | None:
        """Let someone set their own password, soon after signing in; all their sessions end."""
        if now - visit.since > FRESH:
            return Reason("entrance_not_fresh", {"minutes": int(FRESH.total_seconds() // 60)})
        return self.set_password(visit.person.id, password, now)

    def lacks_password(self, visit: Visit, now: datetime) -> bool:
        """Whether this person has no password and may set one now: they came in by a link a moment ago."""
        if now - visit.since > FRESH:
            return False
        with self.storage.look() as work:
            known = work.sign_ins.of(visit.person.id)
        return known is None or known.password_hash is None

    def make_link(self, person: str, now: datetime, lives: timedelta = LINK_LIVES) -> str:
        """Make a one-time link and return its path; KeyError if there is no such person."""
        nonce = secrets.token_urlsafe(32)
        with self.storage.begin() as work:
            work.sign_ins.add_link(digest(nonce), self.people[person].id, now + lives)
            work.sign_ins.record(person, "link", now, "")
            work.commit()
        return f"/link/{nonce}"

    def link_owner(self, nonce: str, now: datetime) -> Person | None:
        """Whom a link is for, without using it up: mail scanners and chat previews open links too."""
        with self.storage.look() as work:
            owner = work.sign_ins.link_owner(digest(nonce), now)
        return self.people.get(owner) if owner else None

    def use_link(self, nonce: str, address: str, now: datetime) -> Entered | Reason:
        """Come in by a link, once."""
        with self.storage.begin() as work:
            owner = work.sign_ins.use_link(digest(nonce), now)
            person = self.people.get(owner) if owner else None
            if person is None:
                work.sign_ins.record("", "refused", now, address)
                work.commit()
                return LINK_REFUSED
            session, token = _new_session(person, now)
            work.sign_ins.start_session(session)
            work.sign_ins.record(person.id, "in", now, address)
            work.commit()
        return Entered(person, token, session.expires_at)

    def sign_in(self, name: str, password: str, address: str, now: datetime) -> Entered | Reason:
        """Come in by password. A locked name is refused even with the right one."""
        if self.addresses.is_shut(address, now):
            return REFUSED
        if not self._password_fits(name, password):
            self._count_failure(name, address, now)
            return REFUSED
        with self.storage.begin() as work:
            known = work.sign_ins.of(name)
            # Read again under the write lock: of guesses made side by side, those behind the lockout fail.
            if known is None or _is_locked(known, now):
                work.sign_ins.record(name, "refused", now, address)
                work.commit()
                return REFUSED
            person = self.people[name]
            session, token = _new_session(person, now)
            work.sign_ins.save(replace(known, failures=0, locked_until=None))
            work.sign_ins.start_session(session)
            work.sign_ins.record(name, "in", now, address)
            work.commit()
        return Entered(person, token, session.expires_at)

    def visit(self, token: str, now: datetime) -> Visit | None:
        """Who holds this token, None when it is unknown, idle too long or over."""
        key = digest(token)
        with self.storage.look() as work:
            session = work.sign_ins.session(key, now)
        if session is None or now >= min(session.expires_at, session.seen_at + IDLE):
            return None
        person = self.people.get(session.person)
        if person is None:
            return None
        if now - session.seen_at >= SEEN_EVERY:
            with self.storage.begin() as work:
                work.sign_ins.see_session(key, now)
                work.commit()
        return Visit(person, key, session.started_at)

    def still_in(self, binding: str, now: datetime) -> bool:
        """Whether a session goes on, without counting as use: an open board alone keeps nobody in."""
        with self.storage.look() as work:
            session = work.sign_ins.session(binding, now)
        return (
            session is not None
            and session.person in self.people
            and now < min(session.expires_at, session.seen_at + IDLE)
        )

    def sign_out(self, token: str, address: str, now: datetime) -> None:
        """End one session."""
        with self.storage.begin() as work:
            session = work.sign_ins.session(digest(token), now)
            work.sign_ins.end_session(digest(token))
            if session:
                work.sign_ins.record(session.person, "out", now, address)
            work.commit()

    def revoke(self, person: str, now: datetime) -> int | None:
        """End a person's sessions and links and take the password away; return how many sessions ended.

        None: nobody has this id, neither among ``people`` nor in the tables, and nothing was changed.
        """
        with self.storage.begin() as work:
            stored = work.sign_ins.of(person) is not None
            ended = work.sign_ins.end_sessions_of(person)
            links = work.sign_ins.end_links_of(person)
            if not (stored or ended or links or person in self.people):
                return None
            work.sign_ins.save(SignIn(person, None))
            work.sign_ins.record(person, "revoked", now, "")
            work.commit()
        return ended

    def _password_fits(self, name: str, password: str) -> bool:
        with self.storage.look() as work:
            known = work.sign_ins.of(name) if name in self.people else None
        stored = (known and known.password_hash) or self._nobody
        try:
            with self._turn:
                self.hasher.verify(stored, _normal(password[:LONGEST_PASSWORD]))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not self._nobody

    def _count_failure(self, name: str, address: str, now: datetime) -> None:
        self.addresses.count(address, now)
        with self.storage.begin() as work:
            known = work.sign_ins.of(name) if name in self.people else None
            # What is tried while locked is not judged, so it does not lengthen the wait either.
            if known and not _is_locked(known, now):
                failures = known.failures + 1
                until = _locked_until(failures, now)
                work.sign_ins.save(replace(known, failures=failures, locked_until=until))
            # An unknown name is not kept: people type passwords into the wrong field.
            work.sign_ins.record(name if known else "", "refused", now, address)
            work.commit()


def digest(token: str) -> str:
    """What is stored of a token or nonce: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def _normal(password: str) -> str:
    """The same word typed full-width on one keyboard and half-width on another is one password."""
    return unicodedata.normalize("NFKC", password)


def network_of(address: str) -> str:
    """Whom an address belongs to: one IPv6 customer has at least a /64 to pick from."""
    try:
        return IPv6Address(address).exploded[:19]
    except AddressValueError:
        return address


def _new_session(person: Person, now: datetime) -> tuple[Session, str]:
    """Always a fresh token: one planted before signing in is worth nothing afterwards."""
    token = secrets.token_urlsafe(32)
    return Session(digest(token), person.id, now, now, now + ABSOLUTE), token


def _is_locked(known: SignIn, now: datetime) -> bool:
    return known.locked_until is not None and now < known.locked_until


def _locked_until(failures: int, now: datetime) -> datetime | None:
    """Each failure beyond the free ones doubles the wait."""
    if failures <= FREE_FAILURES:
        return None
    return now + min(FIRST_LOCKOUT * (1 << min(failures - FREE_FAILURES - 1, 10)), LONGEST_LOCKOUT)
