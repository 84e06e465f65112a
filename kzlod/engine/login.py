"""Name and password for another endpoint, in the way it asks for: Basic or Digest (RFC 7617, 7616)."""

from collections.abc import Generator

import httpx


class Login(httpx.Auth):
    """Sends nothing secret until the endpoint has said which way it wants it, and keeps to that way."""

    def __init__(self, user: str, password: str) -> None:
        """Takes name and password."""
        self._ways: dict[str, httpx.Auth] = {
            "digest": httpx.DigestAuth(user, password),
            "basic": httpx.BasicAuth(user, password),
        }
        self._way: httpx.Auth | None = None

    @classmethod
    def read(cls, text: str) -> "Login | None":
        """The login of `user:password`; None for an empty text, ValueError for one without a colon."""
        if not text:
            return None
        user, colon, password = text.partition(":")
        if not user or not colon:
            raise ValueError("must have the form user:password")
        return cls(user, password)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The requests that one request needs."""
        if self._way is None:
            response = yield request
            if response.status_code != 401:
                return
            asked = " ".join(response.headers.get_list("www-authenticate")).lower()
            self._way = next((way for name, way in self._ways.items() if name in asked), None)
        if self._way is not None:
            yield from self._way.auth_flow(request)
