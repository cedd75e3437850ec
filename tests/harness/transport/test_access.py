"""Both transports reach a target the way that its access names: lines, proxy, certificates."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
import trustme

from cartfuzz.contract import Credentials, Cut
from cartfuzz.harness.transport import Transport, open_transport
from cartfuzz.harness.transport.protocols import abort_of
from cartfuzz.harness.transport.troubles import (
    HANDSHAKE_FAILED,
    NO_TLS,
    OTHER_NAME,
    PROXY_WANTS_LOGIN,
    UNKNOWN_AUTHORITY,
)
from cartfuzz.record.target_access import DIRECT, TargetAccess, TransportKind
from cartfuzz.wire import NoResponse, Request, Response
from cartfuzz.wire.messages import Delivery
from cartfuzz.wire.secrets import TargetSecrets

from .proxy_server import proxy_server
from .scripted_server import scripted_server

AUTHORITY = trustme.CA()
READ = Request(method="GET", target="/v2/customer_sessions/a%2Fb")
WRITE = Request(method="PUT", target="/v2/customer_sessions/a", body=b'{"x":1}')
RAW = Request(method="BREW", target="/a/../b", omitted_headers=("accept",))
BOTH = pytest.mark.parametrize("kind", list(TransportKind))


class Echo(BaseHTTPRequestHandler):
    """Answers with method, path, header lines and body of each request."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        seen = [self.command, self.path, self.headers.items(), self.rfile.read(size).decode()]
        body = json.dumps(seen).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_BREW = answer  # noqa: N815 - the names of http.server

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def echo_server(context: ssl.SSLContext | None = None) -> Iterator[str]:
    """The base URL of a running echo; with ``context`` it speaks TLS."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.daemon_threads = True
        if context is not None:
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        scheme = "http" if context is None else "https"
        yield f"{scheme}://127.0.0.1:{server.server_address[1]}/base"
        server.shutdown()


def tls(name: str = "127.0.0.1") -> ssl.SSLContext:
    """Of a server with a certificate for ``name``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
def cacert(tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(str(path))
    return str(path)


@contextmanager
def opened(
    url: str, kind: TransportKind, access: TargetAccess = DIRECT, *lines: tuple[str, str]
) -> Iterator[Transport]:
    transport = open_transport(
        url,
        access=msgspec.structs.replace(access, transport=kind),
        secrets=TargetSecrets("the-api-key", headers=lines),
        timeout_sec=10.0,
    )
    yield transport
    transport.close()


def seen(outcome: Response | NoResponse) -> tuple[str, str, dict[str, str], str]:
    """Method, path, header lines by lower-case name, and body that the echo has seen."""
    assert isinstance(outcome, Response), outcome
    method, path, headers, body = json.loads(outcome.body)
    return method, path, {name.lower(): value for name, value in headers}, body


def reason(outcome: Response | NoResponse) -> str:
    assert isinstance(outcome, NoResponse), outcome
    return outcome.reason


def test_both_transports_send_the_same_header_lines() -> None:
    """None more than the other, with a body and without, kept connections included."""
    with (
        echo_server() as url,
        opened(url, TransportKind.SOCKETS) as one,
        opened(url, TransportKind.REQUESTS) as other,
    ):
        for request in (READ, WRITE, READ):
            assert seen(one.send(request)) == seen(other.send(request))


@BOTH
def test_own_lines_go_with_every_request(kind: TransportKind) -> None:
    """With ordinary ones, bursts and raw ones; the secret is not shown where it is echoed."""
    access = TargetAccess(headers=(("X-Tenant", "blue"),))
    with echo_server() as url, opened(url, kind, access, ("X-Gate", "open-sesame-123")) as one:
        outcomes = [one.send(READ), *one.burst([READ, WRITE]), *one.sequence([RAW, READ])]
        assert len(outcomes) == 5
        for outcome in outcomes:
            headers = seen(outcome)[2]
            assert headers["x-tenant"] == "blue"
            assert headers["x-gate"] == "[secret]"


@BOTH
def test_the_key_can_be_in_another_line_than_the_login_of_a_gate(kind: TransportKind) -> None:
    """A step without credentials leaves out the key, not the login."""
    access = TargetAccess(api_key_header="X-Api-Authorization")
    missing = Request(method="GET", target="/x", credentials=Credentials.MISSING)
    basic = ("Authorization", "Basic dXNlcjpwYXNzd29yZA==")
    with echo_server() as url, opened(url, kind, access, basic) as one:
        with_key, without = seen(one.send(READ))[2], seen(one.send(missing))[2]
    assert with_key["x-api-authorization"] == "ApiKey-v1 [API key]"
    assert with_key["authorization"] == without["authorization"] == "[secret]"
    assert "x-api-authorization" not in without


@BOTH
def test_a_proxy_gets_whole_urls_for_plain_targets(kind: TransportKind) -> None:
    """The path stays as it is; the login goes to the proxy with each request."""
    login = ("Proxy-Authorization", "Basic dXNlcjpwYXNzd29yZA==")
    with proxy_server(login[1]) as proxy, echo_server() as url:
        with opened(url, kind, TargetAccess(proxy=proxy.url), login) as one:
            assert seen(one.send(READ))[1] == "/base" + READ.target
            assert seen(one.burst([WRITE])[0])[3] == '{"x":1}'
            assert seen(one.sequence([RAW])[0])[0] == "BREW"
        with opened(url, kind, TargetAccess(proxy=proxy.url)) as one:
            refused = one.send(READ)
        assert isinstance(refused, Response)
        assert refused.status == 407
    assert all(f" {url}".encode() in head for head in proxy.heads[:2])


@BOTH
def test_a_proxy_opens_a_tunnel_for_tls(kind: TransportKind, cacert: str) -> None:
    """It sees neither the key nor the requests; cut connections go through it too."""
    login = ("Proxy-Authorization", "Basic dXNlcjpwYXNzd29yZA==")
    with proxy_server(login[1]) as proxy, echo_server(tls()) as url:
        access = TargetAccess(proxy=proxy.url, cacert=cacert)
        with opened(url, kind, access, login) as one:
            for outcome in (one.send(READ), *one.burst([READ, READ])):
                _, path, headers, _ = seen(outcome)
                assert path == "/base" + READ.target
                assert "proxy-authorization" not in headers
            assert one.cut(WRITE, Cut.SENT).fate is Delivery.UNKNOWN
        with opened(url, kind, access) as one:
            assert reason(one.send(READ)) == PROXY_WANTS_LOGIN
    assert all(head.startswith(b"CONNECT 127.0.0.1:") for head in proxy.heads)
    assert not any(b"the-api-key" in head for head in proxy.heads)


@BOTH
def test_a_proxy_that_is_not_there_is_named(kind: TransportKind) -> None:
    """The reason speaks of the proxy, and no request was sent."""
    with echo_server() as url, opened(url, kind, TargetAccess(proxy="http://127.0.0.1:1")) as one:
        outcome = one.send(READ)
    assert reason(outcome) == "the proxy cannot be reached: connection refused"
    assert isinstance(outcome, NoResponse)
    assert outcome.fate is Delivery.NOT_SENT


@BOTH
def test_proxies_of_the_environment_get_nothing(
    kind: TransportKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the variables say."""
    with proxy_server() as proxy, echo_server() as url:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        with opened(url, kind) as one:
            assert isinstance(one.send(READ), Response)
    assert not proxy.heads


@BOTH
def test_a_client_certificate_is_shown(kind: TransportKind, cacert: str, tmp_path: Path) -> None:
    """A target that wants one answers; without one it ends the handshake."""
    context = tls()
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # later ones refuse after the handshake
    context.verify_mode = ssl.CERT_REQUIRED
    AUTHORITY.configure_trust(context)
    mine = tmp_path / "client.pem"
    AUTHORITY.issue_cert("client@example.com").private_key_and_cert_chain_pem.write_to_path(
        str(mine)
    )
    with echo_server(context) as url:
        access = TargetAccess(cacert=cacert, client_cert=str(mine))
        with opened(url, kind, access) as one:
            assert isinstance(one.send(READ), Response)
        with opened(url, kind, TargetAccess(cacert=cacert)) as one:
            assert reason(one.send(READ)) == HANDSHAKE_FAILED


@BOTH
def test_each_tls_trouble_has_its_own_reason(kind: TransportKind, cacert: str) -> None:
    """Unknown authority, another name, no TLS at all; an insecure access takes any certificate."""
    trusting = TargetAccess(cacert=cacert)
    with echo_server(tls()) as url:
        with opened(url, kind) as one:
            outcome = one.send(READ)
            assert reason(outcome) == UNKNOWN_AUTHORITY
            assert isinstance(outcome, NoResponse)
            assert outcome.fate is Delivery.NOT_SENT
        with opened(url, kind, TargetAccess(insecure=True)) as one:
            assert isinstance(one.send(READ), Response)
    with echo_server(tls("other.example.com")) as url, opened(url, kind, trusting) as one:
        assert reason(one.send(READ)) == OTHER_NAME
    with echo_server() as url, opened(url.replace("http:", "https:"), kind, trusting) as one:
        assert reason(one.send(READ)) == NO_TLS


def test_paths_that_requests_would_change_arrive_as_they_are() -> None:
    """Dot segments, lower-case escapes and characters that belong into escapes."""
    with echo_server() as url, opened(url, TransportKind.REQUESTS) as one:
        for path in ("/a/../b", "/a/.", "/%2f", "/a|b", "/%zz"):
            request = Request(method="GET", target=path)
            assert seen(one.send(request))[1] == "/base" + path


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
ODD_ANSWERS = {
    "interim": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + HEAD + b"\r\n{}",
    "continue": b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"\r\n{}",
    "twice": HEAD + b"Content-Type: a/b\r\ncontent-type: c/d\r\nRetry-After: 1\r\nretry-after: 2"
    b"\r\n\r\n{}",
    "no reason": b"HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n",
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\n{\r\n1\r\n}\r\n0\r\n"
    b"Content-Type: a/b\r\n\r\n",
    "more": HEAD + b"\r\n{}HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
    "odd bytes": b"HTTP/1.1 200 \xff\r\nX: \xff\r\nContent-Length: 3\r\n\r\n\xff\x00\r",
}


@pytest.mark.parametrize("name", ODD_ANSWERS)
def test_both_transports_hand_on_the_same_answers(name: str) -> None:
    """Also to the request that follows on the connection."""
    with scripted_server(lambda client: client.sendall(ODD_ANSWERS[name])) as server:
        read = []
        for kind in TransportKind:
            with opened(server.url, kind) as transport:
                answers = [transport.send(READ), transport.send(READ)]
            assert all(isinstance(answer, Response) for answer in answers), answers
            read.append(answers)
    one, other = ([_without_time(answer) for answer in answers] for answers in read)
    assert one == other


def _without_time(answer: Response | NoResponse) -> Response:
    assert isinstance(answer, Response)
    return replace(answer, elapsed_sec=0.0)


@BOTH
def test_a_request_under_way_can_be_ended(kind: TransportKind) -> None:
    """It counts as not answered, well before its time is over."""
    with scripted_server(lambda _: arrived.set()) as server, opened(server.url, kind) as one:
        arrived = threading.Event()

        def end() -> None:
            arrived.wait(60)
            abort_of(one)()

        thread = threading.Thread(target=end)
        thread.start()
        assert reason(one.send(READ)) == "not answered, the run was stopped"
        thread.join()
