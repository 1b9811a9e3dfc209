"""The token, and what is derived from it: sessions of the page, words that its forms bring back.

Compared in constant time; it is never written anywhere.
"""

from __future__ import annotations

import hmac
import secrets
import time
from hashlib import sha256

SESSION_S = 12 * 3600
_NONCE_BYTES = 12


class Secret:
    """Of one inspector. Without a token everybody is welcome, and forms are held to words that
    this process makes up.
    """

    def __init__(self, token: str | None) -> None:
        self._token = None if token is None else token.encode()
        self._key = secrets.token_bytes(32) if token is None else _derived(token.encode(), b"key")

    @property
    def is_asked(self) -> bool:
        return self._token is not None

    def is_token(self, given: str) -> bool:
        if self._token is None:
            return False
        # Digests, so that not even the lengths are compared.
        return hmac.compare_digest(
            _derived(given.encode(), b"same"), _derived(self._token, b"same")
        )

    def new_session(self) -> str:
        """A text for a cookie, good for SESSION_S."""
        stem = f"{int(time.time()) + SESSION_S}.{secrets.token_urlsafe(_NONCE_BYTES)}"
        return f"{stem}.{self._signed('session', stem)}"

    def is_session(self, given: str) -> bool:
        stem, _, signature = given.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signed("session", stem).encode()):
            return False
        until, _, _ = stem.partition(".")
        return until.isdecimal() and int(until) > time.time()

    def form_word(self, session: str) -> str:
        """What the forms of a session have to bring back, or all forms where there are none."""
        return self._signed("form", session)

    def is_form_word(self, session: str, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.form_word(session).encode())

    def _signed(self, what: str, text: str) -> str:
        return _derived(self._key, f"{what} {text}".encode()).hex()


def _derived(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, sha256).digest()
