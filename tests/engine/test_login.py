"""Logging in where and how an endpoint asks for it."""

import httpx
import pytest

from kzlod.engine.login import Login

DIGEST = 'Digest realm="r", nonce="n", qop="auth", algorithm=MD5'


def asked(*challenges: str) -> list[str | None]:
    """The `Authorization` of each request that two requests need where the endpoint asks like this."""
    seen: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("authorization"))
        if seen[-1] is None and challenges:
            return httpx.Response(401, headers=[("WWW-Authenticate", challenge) for challenge in challenges])
        return httpx.Response(200)

    with httpx.Client(transport=httpx.MockTransport(answer), auth=Login("who", "what:ever")) as client:
        for _ in range(2):
            assert client.get("http://example.org/").status_code == (401 if "Bearer" in challenges else 200)
    return seen


def test_nothing_is_sent_unasked() -> None:
    assert asked() == [None, None]
    assert asked("Bearer") == [None, None]


def test_the_way_is_the_endpoints() -> None:
    first, second, third = asked('Basic realm="r"')
    assert first is None
    assert second == third == "Basic d2hvOndoYXQ6ZXZlcg=="
    assert [value and value[:22] for value in asked(DIGEST)[-2:]] == ['Digest username="who",'] * 2
    assert "Digest" in str(asked('Basic realm="r"', DIGEST)[-1]), "the one that tells less"


def test_the_written_form() -> None:
    assert Login.read("") is None
    assert isinstance(Login.read("a:b:c"), Login)
    for text in ("a", ":b"):
        with pytest.raises(ValueError, match="user:password"):
            Login.read(text)
