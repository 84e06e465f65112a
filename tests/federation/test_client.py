"""The client for other endpoints: whom it asks, where, and what it takes for a result."""

import asyncio
import gzip
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import httpx
import pytest

from kzlod.engine.base import Overloaded, ServiceFailed, TooExpensive
from kzlod.federation.addresses import Address, is_public
from kzlod.federation.client import CheckedClient, FederationLimits, endpoint_url

if TYPE_CHECKING:
    from tests.federation.conftest import Handler, Remote

SELECT = "SELECT * { ?s ?p ?o }"
EMPTY = b'{"head": {"vars": []}, "results": {"bindings": []}}'
LOOPBACK = "127.0.0.1"


def is_loopback(address: Address) -> bool:
    return address.is_loopback


def ask(
    *endpoints: str,
    limits: FederationLimits | None = None,
    is_allowed: Callable[[Address], bool] = is_loopback,
    resolve: Callable[[str, int], Sequence[str]] | None = None,
    verify: ssl.SSLContext | bool = False,
) -> bytes:
    """What the first of the endpoints answers to a client that knows them all."""

    async def run() -> bytes:
        client = CheckedClient(endpoints, limits, is_allowed=is_allowed, resolve=resolve, verify=verify)
        async with client:
            return await client.ask(endpoints[0], SELECT, "c")

    return asyncio.run(run())


def resolver(*answers: Sequence[str]) -> Callable[[str, int], Sequence[str]]:
    """Gives these answers one after another, and the last one again and again."""
    left = list(answers)
    return lambda host, port: left.pop(0) if len(left) > 1 else left[0]


def test_an_endpoint_is_asked(remote: "Remote") -> None:
    answer = json.loads(ask(remote.url()))
    assert len(answer["results"]["bindings"]) == 5
    assert remote.asked == [SELECT]
    (headers,) = remote.headers
    assert headers["host"] == f"127.0.0.1:{remote.port}"
    assert headers["accept"] == "application/sparql-results+json"
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert not {"cookie", "authorization", "referer"} & set(headers)


def test_the_address_that_was_checked_is_connected_to(remote: "Remote") -> None:
    """A name that means another host a moment later: nobody asks for its address a second time."""
    asked: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return [LOOPBACK] if len(asked) == 1 else ["10.0.0.1"]

    ask(remote.url(host="endpoint.test"), resolve=resolve)
    assert asked == [("endpoint.test", remote.port)]
    assert remote.headers[0]["host"] == f"endpoint.test:{remote.port}"


def test_every_question_is_checked_anew(remote: "Remote") -> None:
    url = remote.url(host="endpoint.test")

    async def run() -> None:
        client = CheckedClient([url], is_allowed=is_loopback, resolve=resolver([LOOPBACK], ["10.0.0.1"]))
        async with client:
            await client.ask(url, SELECT, "c")
            with pytest.raises(ServiceFailed, match="public"):
                await client.ask(url, SELECT, "c")

    asyncio.run(run())
    assert len(remote.asked) == 1


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.1"],
        [LOOPBACK, "10.0.0.1"],
        ["10.0.0.1", LOOPBACK],
        [LOOPBACK, "::ffff:127.0.0.1"],
        ["fe80::1%1"],
    ],
)
def test_one_address_that_is_not_allowed_spoils_all(remote: "Remote", addresses: list[str]) -> None:
    with pytest.raises(ServiceFailed, match="not at a public address"):
        ask(
            remote.url(host="endpoint.test"),
            is_allowed=lambda a: str(a) == LOOPBACK,
            resolve=resolver(addresses),
        )
    assert not remote.asked


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "localhost.",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "169.254.169.254",
        "10.0.0.1",
    ],
)
def test_no_spelling_of_an_inner_host_is_asked(remote: "Remote", host: str) -> None:
    """With the system's own resolver, as in service."""
    with pytest.raises((ServiceFailed, ValueError)):
        ask(remote.url(host=host), is_allowed=is_public, limits=FederationLimits(timeout=5))
    assert not remote.asked


@pytest.mark.parametrize("host", ["１２７.０.０.１", "ⓛocalhost", "127。0。0。1", "bücher.test"])
def test_letters_that_mean_others(remote: "Remote", host: str) -> None:
    """Such names are asked for in their ASCII form (IDNA), or not taken as an endpoint at all."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return [LOOPBACK]

    with pytest.raises((ServiceFailed, ValueError)):
        ask(remote.url(host=host), is_allowed=is_public, resolve=resolve)
    assert all(name.isascii() for name in asked)
    assert not remote.asked


def test_another_address_is_tried_when_one_does_not_answer(remote: "Remote") -> None:
    """The first address is loopback, too, where nobody listens at that port."""
    assert ask(remote.url(host="endpoint.test"), resolve=resolver(["127.9.9.9", "::1", LOOPBACK]))


def test_no_address() -> None:
    with pytest.raises(ServiceFailed, match="no address"):
        ask("http://endpoint.test/", resolve=resolver([]))


def test_certificates_are_the_names_and_not_the_addresses(
    secure_remote: "Remote", trusting: ssl.SSLContext
) -> None:
    def at(host: str, verify: ssl.SSLContext | bool) -> bytes:
        return ask(secure_remote.url(host=host), resolve=resolver([LOOPBACK]), verify=verify)

    assert at("endpoint.test", trusting)
    assert at("other.test", trusting)
    assert secure_remote.headers[1]["host"] == f"other.test:{secure_remote.port}"
    mistaken: list[tuple[str, ssl.SSLContext | bool]] = [
        ("third.test", trusting),
        (LOOPBACK, trusting),
        ("endpoint.test", True),
    ]
    for host, verify in mistaken:
        with pytest.raises(ServiceFailed, match="could not be reached"):
            at(host, verify)
    assert len(secure_remote.asked) == 2


def test_proxies_of_the_environment_are_not_asked(remote: "Remote", monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert ask(remote.url())


def test_cookies_are_not_kept(remote: "Remote") -> None:
    url = remote.answers("/cookie", 200, EMPTY, Set_Cookie="a=b")

    async def run() -> None:
        async with CheckedClient([url], is_allowed=is_loopback) as client:
            await client.ask(url, SELECT, "c")
            await client.ask(url, SELECT, "c")

    asyncio.run(run())
    assert all("cookie" not in headers for headers in remote.headers)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirects_within_a_named_host_are_followed(remote: "Remote", status: int) -> None:
    assert ask(remote.answers("/moved", status, b"", Location="/sparql"))
    assert remote.asked == [SELECT, SELECT]


def test_redirects_to_another_named_host_are_followed(remote: "Remote") -> None:
    there = remote.url(host="localhost")
    url = remote.answers("/moved", 307, b"", Location=f"{there}?a=b")
    remote.answers("/sparql?a=b", 200, EMPTY)
    assert ask(url, there) == EMPTY
    assert remote.headers[1]["host"] == f"localhost:{remote.port}"


@pytest.mark.parametrize(
    "target",
    [
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "//other.test/",
        "https://127.0.0.1:{port}/sparql",
        "http://127.0.0.1/sparql",
        "http://127.0.0.1:{port}0/sparql",
        "http://127.0.0.1.:{port}/sparql",
        "http://localhost:{port}/sparql",
        "http://2130706433:{port}/sparql",
        "http://[::ffff:127.0.0.1]:{port}/sparql",
        "http://user@127.0.0.1:{port}/sparql",
        "http://127.0.0.1:{port}@other.test/sparql",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/",
        "http://[/",
        "http://127.0.0.1:99999999/",
    ],
)
def test_redirects_to_elsewhere_are_not_followed(remote: "Remote", target: str) -> None:
    url = remote.answers("/moved", 307, b"", Location=target.format(port=remote.port))
    with pytest.raises(ServiceFailed):
        ask(url, resolve=resolver([LOOPBACK]))
    assert len(remote.asked) == 1


def test_the_target_of_a_redirect_is_checked_like_the_first(remote: "Remote") -> None:
    there = remote.url(host="other.test")
    url = remote.answers("/moved", 307, b"", Location=there)
    inner = {"127.0.0.1": [LOOPBACK], "other.test": ["10.0.0.1"]}
    with pytest.raises(ServiceFailed, match="not at a public address"):
        ask(url, there, resolve=lambda host, port: inner[host])
    assert len(remote.asked) == 1


@pytest.mark.parametrize("headers", [{"Location": "/moved"}, {}])
def test_redirects_end(remote: "Remote", headers: dict[str, str]) -> None:
    with pytest.raises(ServiceFailed, match="too often"):
        ask(remote.answers("/moved", 307, b"", **headers))
    assert len(remote.asked) == 4


@pytest.mark.parametrize(
    ("status", "body", "headers", "words"),
    [
        (400, b"secret", {}, "status 400"),
        (500, EMPTY, {}, "status 500"),
        (204, b"", {}, "status 204"),
        (303, b"", {"Location": "/sparql"}, "status 303"),
        (200, EMPTY, {"Content_Type": "application/json"}, "no application/sparql-results"),
        (200, b"<html>", {"Content_Type": "text/html"}, "no application/sparql-results"),
        (200, gzip.compress(EMPTY, mtime=0), {"Content_Encoding": "gzip"}, "compressed"),
    ],
)
def test_what_is_no_result(
    remote: "Remote", status: int, body: bytes, headers: dict[str, str], words: str
) -> None:
    with pytest.raises(ServiceFailed, match=words) as caught:
        ask(remote.answers("/odd", status, body, **headers))
    assert "secret" not in str(caught.value)


def test_a_result_that_is_too_large(remote: "Remote") -> None:
    body = EMPTY.ljust(5000)
    url = remote.answers("/large", 200, body)
    assert ask(url, limits=FederationLimits(size=5000)) == body
    with pytest.raises(TooExpensive, match="4999 bytes"):
        ask(url, limits=FederationLimits(size=4999))


def test_a_result_without_end(remote: "Remote") -> None:
    def endless(handler: "Handler") -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/sparql-results+json")
        handler.end_headers()
        try:
            while True:
                handler.wfile.write(b" " * 65536)
        except OSError:
            ended.set()

    ended = threading.Event()
    remote.places["/endless"] = endless
    with pytest.raises(TooExpensive):
        ask(remote.url("/endless"), limits=FederationLimits(size=100_000))
    assert ended.wait(10)


def test_a_result_that_breaks_off(remote: "Remote") -> None:
    def short(handler: "Handler") -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/sparql-results+json")
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(EMPTY)

    remote.places["/short"] = short
    with pytest.raises(ServiceFailed, match="could not be reached"):
        ask(remote.url("/short"))


@pytest.mark.parametrize("begun", [False, True])
def test_a_result_that_does_not_come(remote: "Remote", begun: bool) -> None:
    def slow(handler: "Handler") -> None:
        if begun:
            handler.send_response(200)
            handler.send_header("Content-Type", "application/sparql-results+json")
            handler.end_headers()
        done.wait(10)

    done = threading.Event()
    remote.places["/slow"] = slow
    begin = time.monotonic()
    try:
        with pytest.raises(ServiceFailed):
            ask(remote.url("/slow"), limits=FederationLimits(timeout=0.3))
        assert time.monotonic() - begin < 8
    finally:
        done.set()


def test_a_resolver_that_hangs_holds_up_nobody() -> None:
    def hanging(host: str, port: int) -> Sequence[str]:
        done.wait(10)
        return [LOOPBACK]

    done = threading.Event()

    async def run() -> None:
        client = CheckedClient(["http://endpoint.test/"], FederationLimits(timeout=0.3), resolve=hanging)
        async with client:
            with pytest.raises(ServiceFailed, match=r"within 0\.3 seconds"):
                await client.ask("http://endpoint.test/", SELECT, "c")
            done.set()

    asyncio.run(run())


def test_nobody_listens() -> None:
    with pytest.raises(ServiceFailed, match="could not be reached"):
        ask("http://127.0.0.1:1/")


def test_a_name_that_means_nothing() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(ServiceFailed, match="could not be reached"):
        ask("http://endpoint.test/", resolve=unknown)


def test_so_many_are_asked_at_a_time(remote: "Remote") -> None:
    at_once = most = 0
    lock = threading.Lock()

    def counted(handler: "Handler") -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        time.sleep(0.1)
        with lock:
            at_once -= 1
        handler.reply(200, EMPTY, {"Content-Type": "application/sparql-results+json"})

    remote.places["/counted"] = counted
    url = remote.url("/counted")

    async def run(*clients: str) -> list[bytes | BaseException]:
        limits = FederationLimits(requests=3, per_client=2)
        async with CheckedClient([url], limits, is_allowed=is_loopback) as client:
            return await asyncio.gather(
                *(client.ask(url, SELECT, name) for name in clients), return_exceptions=True
            )

    assert asyncio.run(run("a", "a", "a", "a")) == [EMPTY] * 4
    assert most == 2
    assert asyncio.run(run("a", "a", "b", "b", "c")) == [EMPTY] * 5
    assert most == 3
    answers = asyncio.run(run(*"a" * 20))
    assert any(isinstance(answer, Overloaded) for answer in answers)
    assert answers.count(EMPTY) >= 2


def test_a_client_that_leaves_gives_its_turn_back(remote: "Remote") -> None:
    done = threading.Event()

    def waits(handler: "Handler") -> None:
        done.wait(10)

    remote.places["/slow"] = waits
    url, slow = remote.url(), remote.url("/slow")

    async def run() -> bytes:
        limits = FederationLimits(requests=1, per_client=1)
        async with CheckedClient([url, slow], limits, is_allowed=is_loopback) as client:
            waiting = asyncio.create_task(client.ask(slow, SELECT, "a"))
            await asyncio.sleep(0.1)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            return await client.ask(url, SELECT, "b")

    try:
        assert asyncio.run(run())
    finally:
        done.set()


@pytest.mark.parametrize(
    "text",
    ["", "x", "/sparql", "ftp://x/", "file:///x", "http://", "http:///x", "http://u:p@x/", "http://u@x/",
     "http://x/#f", "http://x:99999/", "http://[x/", "http://x y/", "HTTP//x", "http://x/ y", "http://a@b:c@x/",
     "http:\\\\x/"],
)  # fmt: skip
def test_what_is_no_endpoint(text: str) -> None:
    with pytest.raises(ValueError, match=r"address"):
        endpoint_url(text)


def test_what_is_an_endpoint() -> None:
    for text in (
        "http://x/",
        "https://query.example/sparql?a=b",
        "http://[2001:db8::1]:8080/",
        "http://қ.kz/",
    ):
        assert isinstance(endpoint_url(text), httpx.URL)
