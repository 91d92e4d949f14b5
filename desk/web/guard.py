"""Who is asking: sessions from cookies, form tokens, and where a post came from."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from itsdangerous import Signer
from starlette.requests import Request
from starlette.responses import Response

from desk.entrance import Entered, Visit
from desk.web.ports import DeskPorts
from wanglou.domain.person import Access, Person
from wanglou.wording import LANGUAGES

BEFORE = "wanglou_before"
"""The cookie that binds the sign-in form before there is a session."""

LONGEST_NUMBER = 18
"""Digits; a database holds no number of nineteen that would not be too large for it."""


class SignInNeededError(Exception):
    """Nobody is signed in, or no longer."""


class ForgedFormError(Exception):
    """A post that did not come from a page of ours."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Checks requests against ``ports``; one for the whole app."""

    ports: DeskPorts

    @property
    def is_https(self) -> bool:
        """Whether people reach the desk by https, and cookies must never travel otherwise."""
        return self.ports.config.agency.desk_url.startswith("https://")

    @property
    def cookie(self) -> str:
        """The session cookie's name; a neighbour domain cannot plant one that begins with ``__Host-``."""
        return "__Host-wanglou" if self.is_https else "wanglou"

    def visit(self, request: Request) -> Visit | None:
        """Who is signed in, if anyone."""
        token = request.cookies.get(self.cookie)
        return self.ports.entrance.visit(token, self.ports.clock.now()) if token else None

    def required(self, request: Request) -> Visit:
        """Who is signed in; SignInNeededError where nobody is."""
        found = self.visit(request)
        if found is None:
            raise SignInNeededError
        return found

    def access(self, person: Person) -> Access:
        """What this person may see."""
        return self.ports.config.access_of(person)

    def let_in(self, response: Response, entered: Entered) -> None:
        """Give the browser its session."""
        age = int((entered.until - self.ports.clock.now()).total_seconds())
        self._set(response, self.cookie, entered.token, age)

    def let_out(self, response: Response) -> None:
        """Take the session back from the browser."""
        response.delete_cookie(self.cookie, secure=self.is_https, httponly=True, samesite="lax")

    def remember_language(self, response: Response, language: str) -> None:
        """Keep the language a person chose."""
        self._set(response, "lang", language, 365 * 24 * 3600)

    def bind(self, request: Request) -> str:
        """What forms are bound to before there is a session: a random value in a cookie."""
        return request.cookies.get(BEFORE) or secrets.token_urlsafe(16)

    def keep_binding(self, response: Response, binding: str) -> None:
        """Store what the form on this page was bound to."""
        self._set(response, BEFORE, binding, None)

    def form_token(self, binding: str) -> str:
        """A token for one form. It differs on each page, so that compression leaks nothing of it."""
        nonce = secrets.token_urlsafe(12)
        return f"{nonce}.{self._signature(nonce, binding)}"

    def check_form(self, request: Request, token: str, binding: str) -> None:
        """Refuse a post that another site made the browser send; raises ForgedFormError."""
        nonce, _, signature = token.partition(".")
        fits = hmac.compare_digest(signature.encode(), self._signature(nonce, binding).encode())
        if not fits or not self._is_ours(request):
            raise ForgedFormError

    def _is_ours(self, request: Request) -> bool:
        origin = request.headers.get("origin")
        if origin is None:  # old browsers, and tools without one: the token alone must do
            return request.headers.get("sec-fetch-site", "same-origin") == "same-origin"
        host = urlsplit(origin).netloc
        return host in {request.headers.get("host"), urlsplit(self.ports.config.agency.desk_url).netloc}

    def _signature(self, nonce: str, binding: str) -> str:
        signer = Signer(self.ports.secret, salt="wanglou.form", digest_method=hashlib.sha256)
        return signer.get_signature(f"{nonce}.{binding}").decode()

    def _set(self, response: Response, name: str, value: str, age: int | None) -> None:
        response.set_cookie(
            name, value, max_age=age, path="/", secure=self.is_https, httponly=True, samesite="lax"
        )


def language_of(request: Request, person: Person | None) -> str:
    """The language asked for in the address, else chosen before, else the person's own, else Chinese."""
    wishes = (request.query_params.get("lang"), request.cookies.get("lang"), person and person.language)
    return next((w for w in wishes if w in LANGUAGES), LANGUAGES[0])


def local_path(path: str) -> str:
    """``path`` if it stays on this site, else the board."""
    inside = path.startswith("/") and not path.startswith(("//", "/\\"))
    clean = not any(ord(c) < ord(" ") or c == "\\" for c in path)
    return path if inside and clean else "/"


def row_number(text: str) -> int | None:
    """A whole number as addresses and forms bring it; None for any other text, or one of too many digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None


def address_of(request: Request) -> str:
    """Where the request came from; behind a proxy uvicorn has put the real address here."""
    return request.client.host if request.client else ""
