"""The transport on `requests`: pooled connections, a total deadline, bounded answers."""

from __future__ import annotations

import socket
import threading
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .deadline import DEADLINE, NO_DELAY, tls_context, with_deadline
from .heads import Heads, seconds
from .messages import Answer, Fate, NoAnswer, Request
from .reasons import reason_of

_CHUNK = 64 * 1024


class _DeadlineConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return with_deadline(super()._new_conn())


class _DeadlineTLSConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return with_deadline(super()._new_conn())


class _Pool(HTTPConnectionPool):
    ConnectionCls = _DeadlineConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _DeadlineTLSConnection


class _Received(requests.Response):
    """The answer as urllib3 has it, without cookies and what else a browser would keep."""

    def __init__(self, raw: urllib3.BaseHTTPResponse) -> None:
        self.raw = raw
        self.status_code = raw.status
        self.headers = raw.headers  # type: ignore[assignment] # it is read only


class _Adapter(HTTPAdapter):
    """An adapter whose connections end at the deadline and wait for nothing (TCP_NODELAY).

    It has one target and no proxy, so what `HTTPAdapter` looks up anew for each request is looked
    up once.

    Args:
        origin: scheme, host and port of the target.
    """

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._pool: Any = None
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        if self._origin.startswith("https:"):
            kwargs["ssl_context"] = tls_context()  # to read all authorities takes a moment
        super().init_poolmanager(*args, socket_options=list(NO_DELAY), **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        if self._pool is None:
            self._pool = super().get_connection_with_tls_context(*args, **kwargs)
            super().cert_verify(self._pool, self._origin, True, None)  # type: ignore[no-untyped-call]
        return self._pool

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Done with the pool."""

    def request_url(self, request: requests.PreparedRequest, _proxies: Any) -> str:
        return str(request.url)[len(self._origin) :]

    def build_response(
        self, _request: requests.PreparedRequest, raw: urllib3.BaseHTTPResponse
    ) -> requests.Response:
        return _Received(raw)


class HttpTransport:
    """Sends requests to one target with one pooled `requests` adapter a thread.

    Prepared requests go straight to the adapter: no redirects, no cookies, no proxies or
    credentials from the surroundings, no retries.

    Args:
        base_url: scheme, host, port and perhaps a base path.
        api_key: sent in the Authorization header; kept in memory only.
        timeout_sec: the longest that one request may take from first to last byte.
        max_answer_bytes: a longer body is cut there.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str,
        timeout_sec: float = 30.0,
        max_answer_bytes: int = 16 * 1024 * 1024,
    ) -> None:
        self._base = base_url.rstrip("/")
        parts = urlsplit(self._base)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._heads = Heads(api_key)
        self._timeout_sec = timeout_sec
        self._max_answer_bytes = max_answer_bytes
        self._local = threading.local()
        self._adapters: list[HTTPAdapter] = []
        self._lock = threading.Lock()

    def send(self, request: Request) -> Answer | NoAnswer:
        """Sends ``request`` once."""
        started = monotonic()
        DEADLINE.at = started + self._timeout_sec
        try:
            response = self._adapter().send(
                self._prepared(request), stream=True, timeout=self._timeout_sec
            )
            return self._answer(response, started)
        except requests.exceptions.ConnectionError as error:
            return self._no_answer(error, started)
        except (
            requests.exceptions.RequestException,
            urllib3.exceptions.HTTPError,
            OSError,
        ) as error:
            return NoAnswer(
                fate=Fate.UNKNOWN,
                reason=self._reason(error),
                elapsed_sec=monotonic() - started,
            )
        finally:
            DEADLINE.at = None

    def close(self) -> None:
        """Closes the connections of all threads."""
        with self._lock:
            for adapter in self._adapters:
                adapter.close()
            self._adapters.clear()
        self._local = threading.local()

    def _adapter(self) -> HTTPAdapter:
        adapter: HTTPAdapter | None = getattr(self._local, "adapter", None)
        if adapter is None:
            adapter = _Adapter(self._origin)
            self._local.adapter = adapter
            with self._lock:
                self._adapters.append(adapter)
        return adapter

    def _prepared(self, request: Request) -> requests.PreparedRequest:
        """The request as it goes out, without `requests`' own rewriting of URLs and bodies.

        Its preparation would normalise percent-encoding, and session IDs must arrive as drawn.
        """
        prepared = requests.PreparedRequest()
        prepared.method = request.method
        prepared.url = self._base + request.target
        prepared.headers = CaseInsensitiveDict(self._heads.of(request))
        prepared.body = request.body
        return prepared

    def _answer(self, response: requests.Response, started: float) -> Answer:
        body, truncated = self._bounded_body(response)
        body, shows_key = self._heads.redacted(body)
        return Answer(
            status=response.status_code,
            body=body,
            elapsed_sec=monotonic() - started,
            content_type=response.headers.get("Content-Type", ""),
            retry_after_sec=seconds(response.headers.get("Retry-After", "")),
            truncated=truncated,
            shows_key=shows_key,
        )

    def _bounded_body(self, response: requests.Response) -> tuple[bytes, bool]:
        chunks: list[bytes] = []
        size = 0
        for chunk in response.raw.stream(_CHUNK, decode_content=True):
            chunks.append(chunk)
            size += len(chunk)
            if size > self._max_answer_bytes:
                response.raw.close()  # the rest would have to be read before the next request
                break
        body = b"".join(chunks)
        response.raw.release_conn()
        return body[: self._max_answer_bytes], size > self._max_answer_bytes

    def _no_answer(self, error: requests.exceptions.ConnectionError, started: float) -> NoAnswer:
        cause = error.args[0] if error.args else error
        cause = getattr(cause, "reason", cause)
        never_sent = isinstance(error, requests.exceptions.ConnectTimeout) or isinstance(
            cause, urllib3.exceptions.NewConnectionError
        )
        return NoAnswer(
            fate=Fate.NOT_SENT if never_sent else Fate.UNKNOWN,
            reason=self._reason(cause),
            elapsed_sec=monotonic() - started,
        )

    def _reason(self, error: BaseException) -> str:
        return reason_of(error, self._timeout_sec)
