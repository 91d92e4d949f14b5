"""Who may come in, and who is in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from wanglou.ports import Session, SignIn
from wanglou.storage import tables
from wanglou.storage.upserts import keep_last

_sign_in, _link, _session = tables.sign_in.c, tables.link.c, tables.session.c

SIGN_IN = select(tables.sign_in).where(_sign_in.person == bindparam("person"))
SAVE_SIGN_IN = keep_last(tables.sign_in)
ADD_LINK = insert(tables.link)
_WORKS = (
    _link.nonce_hash == bindparam("nonce"),
    _link.used_at.is_(None),
    _link.expires_at > bindparam("now"),
)
LINK_OWNER = select(_link.person).where(*_WORKS)
USE_LINK = update(tables.link).where(*_WORKS).values(used_at=bindparam("now")).returning(_link.person)
END_LINKS = delete(tables.link).where(_link.person == bindparam("person"), _link.used_at.is_(None))
START_SESSION = insert(tables.session)
SESSION = select(tables.session).where(
    _session.token_hash == bindparam("token"), _session.expires_at > bindparam("now")
)
SEE_SESSION = (
    update(tables.session).where(_session.token_hash == bindparam("token")).values(seen_at=bindparam("at"))
)
EXPIRED_SESSIONS = delete(tables.session).where(_session.expires_at <= bindparam("now"))
EXPIRED_LINKS = delete(tables.link).where(_link.expires_at <= bindparam("now"))
END_SESSION = delete(tables.session).where(_session.token_hash == bindparam("token"))
END_SESSIONS = delete(tables.session).where(_session.person == bindparam("person"))
RECORD = insert(tables.sign_in_record)


@dataclass(frozen=True, slots=True)
class SqlSignIns:
    """The ``SignIns`` port over one connection."""

    connection: Connection

    def of(self, person: str) -> SignIn | None:
        """The person's right to sign in."""
        row = self.connection.execute(SIGN_IN, {"person": person}).one_or_none()
        return None if row is None else sign_in_of(row)

    def save(self, sign_in: SignIn) -> None:
        """Store it, replacing what was there."""
        self.connection.execute(SAVE_SIGN_IN.on(self.connection), sign_in_row(sign_in))

    def add_link(self, nonce_hash: str, person: str, expires_at: datetime) -> None:
        """Remember a one-time link by the sha256 of its nonce."""
        self.connection.execute(
            ADD_LINK, {"nonce_hash": nonce_hash, "person": person, "expires_at": expires_at}
        )

    def link_owner(self, nonce_hash: str, now: datetime) -> str | None:
        """The person a link still works for, without using it up."""
        terms = {"nonce": nonce_hash, "now": now}
        return self.connection.execute(LINK_OWNER, terms).scalar_one_or_none()

    def use_link(self, nonce_hash: str, now: datetime) -> str | None:
        """The person a link is for, once; of two who follow it at the same moment one gets None."""
        terms = {"nonce": nonce_hash, "now": now}
        return self.connection.execute(USE_LINK, terms).scalar_one_or_none()

    def end_links_of(self, person: str) -> int:
        """Forget all links of a person that were not used; return how many."""
        return self.connection.execute(END_LINKS, {"person": person}).rowcount

    def start_session(self, session: Session) -> None:
        """Store a session."""
        self.connection.execute(START_SESSION, session_row(session))

    def session(self, token_hash: str, now: datetime) -> Session | None:
        """A session that has not expired."""
        row = self.connection.execute(SESSION, {"token": token_hash, "now": now}).one_or_none()
        return None if row is None else session_of(row)

    def see_session(self, token_hash: str, at: datetime) -> None:
        """Set a session's ``seen_at``; one that is gone stays gone."""
        self.connection.execute(SEE_SESSION, {"token": token_hash, "at": at})

    def prune(self, now: datetime) -> None:
        """Forget sessions and links that expired by ``now``; the record of sign-ins stays."""
        self.connection.execute(EXPIRED_SESSIONS, {"now": now})
        self.connection.execute(EXPIRED_LINKS, {"now": now})

    def end_session(self, token_hash: str) -> None:
        """Forget one session."""
        self.connection.execute(END_SESSION, {"token": token_hash})

    def end_sessions_of(self, person: str) -> int:
        """Forget all sessions of a person; return how many."""
        return self.connection.execute(END_SESSIONS, {"person": person}).rowcount

    def record(self, person: str, what: str, at: datetime, address: str) -> None:
        """Keep a line of the record of sign-ins."""
        self.connection.execute(RECORD, {"person": person, "what": what, "at": at, "address": address})


def sign_in_row(sign_in: SignIn) -> dict[str, Any]:
    """All columns of a right to sign in."""
    return {
        "person": sign_in.person,
        "password_hash": sign_in.password_hash,
        "failures": sign_in.failures,
        "locked_until": sign_in.locked_until,
    }


def sign_in_of(row: Row[Any]) -> SignIn:
    """A person's right to come in."""
    return SignIn(row.person, row.password_hash, row.failures, row.locked_until)


def session_row(session: Session) -> dict[str, Any]:
    """All columns of a session."""
    return {
        "token_hash": session.token_hash,
        "person": session.person,
        "started_at": session.started_at,
        "seen_at": session.seen_at,
        "expires_at": session.expires_at,
    }


def session_of(row: Row[Any]) -> Session:
    """A browser that is signed in."""
    return Session(row.token_hash, row.person, row.started_at, row.seen_at, row.expires_at)
