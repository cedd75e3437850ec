"""Targets behind TLS: a certificate that nobody vouches for gets no request."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from cartfuzz.contract import Cut
from cartfuzz.harness.transport import HttpTransport
from cartfuzz.wire import NoResponse, Request, Response
from cartfuzz.wire.secrets import TargetSecrets

AUTHORITY = trustme.CA()
REQUEST = Request(method="GET", target="/v2/customer_sessions/a%2Fb")


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_address[1]}/base"
        server.shutdown()


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(str(path))
    monkeypatch.setenv("SSL_CERT_FILE", str(path))


@pytest.mark.usefixtures("trusted")
def test_a_trusted_target_is_reached_under_its_base_path(url: str) -> None:
    """With both transports, more than once, the path as it was written."""
    transport = HttpTransport(url, secrets=TargetSecrets("key"))
    for outcome in (
        transport.send(REQUEST),
        transport.send(REQUEST),
        *HttpTransport(url, secrets=TargetSecrets("key")).burst([REQUEST, REQUEST]),
    ):
        assert isinstance(outcome, Response), outcome
        assert outcome.body == b"/base/v2/customer_sessions/a%2Fb"
    transport.close()


def test_an_unknown_authority_gets_nothing(url: str) -> None:
    """No request is sent: the reason names the certificate."""
    direct = HttpTransport(url, secrets=TargetSecrets("key"))
    for outcome in (
        HttpTransport(url, secrets=TargetSecrets("key")).send(REQUEST),
        *direct.burst([REQUEST]),
        direct.cut(REQUEST, Cut.HEAD),
    ):
        assert isinstance(outcome, NoResponse)
        assert "certificate" in outcome.reason
