"""Who signed in, and how."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person's right to come in. ``password_hash`` is argon2's string, None where only links work."""

    person: str
    password_hash: str | None
    failures: int = 0
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in. ``token_hash`` is the sha256 of what the cookie holds."""

    token_hash: str
    person: str
    started_at: datetime
    seen_at: datetime
    expires_at: datetime


class SignIns(Protocol):
    """Who may come in, and who is in."""

    def of(self, person: str) -> SignIn | None:
        """The person's right to sign in."""
        ...

    def save(self, sign_in: SignIn) -> None:
        """Store it, replacing what was there."""
        ...

    def add_link(self, nonce_hash: str, person: str, expires_at: datetime) -> None:
        """Remember a one-time link by the sha256 of its nonce."""
        ...

    def link_owner(self, nonce_hash: str, now: datetime) -> str | None:
        """The person a link still works for, without using it up."""
        ...

    def use_link(self, nonce_hash: str, now: datetime) -> str | None:
        """The person a link is for, once: None if unknown, used or expired."""
        ...

    def end_links_of(self, person: str) -> int:
        """Forget all links of a person that were not used; return how many."""
        ...

    def start_session(self, session: Session) -> None:
        """Store a session."""
        ...

    def session(self, token_hash: str, now: datetime) -> Session | None:
        """A session that has not expired."""
        ...

    def see_session(self, token_hash: str, at: datetime) -> None:
        """Set a session's ``seen_at``; one that is gone stays gone."""
        ...

    def end_session(self, token_hash: str) -> None:
        """Forget one session."""
        ...

    def end_sessions_of(self, person: str) -> int:
        """Forget all sessions of a person; return how many."""
        ...

    def prune(self, now: datetime) -> None:
        """Forget sessions and links that expired by ``now``; the record of sign-ins stays."""
        ...

    def record(self, person: str, what: str, at: datetime, address: str) -> None:
        """Keep a line of the record of sign-ins (``in``, ``refused``, ``out``, ``link``)."""
        ...
