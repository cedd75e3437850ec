"""Reading one HTTP answer: however its bytes are split, bounded, and never past its end."""

from __future__ import annotations

import gc
import gzip
import tracemalloc
import weakref
import zlib
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartfuzz.harness.transport.response_parser import NotHTTPError, ResponseParser

MOST = 1_000
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: t\r\n\r\n"
)
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nContent-Type: no\r\n\r\n" + PLAIN
UNSIZED = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello"
OLD = b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello"


def fed(pieces: Sequence[bytes], *, method: str = "GET", most: int = MOST) -> ResponseParser:
    """What is received of ``pieces``, after which the target closes the connection."""
    received = ResponseParser(method, most)
    for piece in [*(piece for piece in pieces if piece), b""]:
        if received.complete:
            break
        received.feed(piece)
    assert received.complete
    return received


@given(
    text=st.sampled_from([PLAIN, CHUNKED, INTERIM, UNSIZED, OLD]),
    cuts=st.lists(st.integers(0, 200), max_size=6),
)
def test_however_the_bytes_come(text: bytes, cuts: list[int]) -> None:
    """The same answer, wherever the network cuts its bytes."""
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    received = fed([text[a:b] for a, b in pairwise(places)])
    assert (received.status, received.body) == (200, b"hello")
    assert received.header(b"content-type") == "text/plain"
    assert not received.truncated
    assert received.reusable == (text in (PLAIN, CHUNKED, INTERIM))


@given(text=st.sampled_from([PLAIN, CHUNKED, INTERIM]), kept=st.integers(0, 200))
def test_half_an_answer_is_none(text: bytes, kept: int) -> None:
    """What ends before its end is told as that, never as a shorter answer."""
    part = text[: min(kept, len(text) - 1)]
    with pytest.raises(NotHTTPError, match="closed"):
        fed([part])


@pytest.mark.parametrize(
    "tail", [b"\r\nHTTP/1.1 200 OK\r\n", PLAIN, b"garbage", b"\x00" * 50], ids=repr
)
def test_more_than_was_asked_for(tail: bytes) -> None:
    """The answer stands, and nobody reads the rest as the answer to the next request."""
    received = fed([PLAIN + tail])
    assert (received.status, received.body) == (200, b"hello")
    assert received.header(b"content-type") == "text/plain"
    assert not received.reusable


@pytest.mark.parametrize("text", [PLAIN, CHUNKED, UNSIZED])
def test_an_answer_is_gone_once_nobody_needs_it(text: bytes) -> None:
    """Without a garbage collection: a run collects seldom, and bodies may be long."""
    received = fed([text])
    gone = weakref.ref(received)
    collecting = gc.isenabled()
    gc.disable()
    try:
        del received
        assert gone() is None
    finally:
        if collecting:
            gc.enable()


@pytest.mark.parametrize("status", [204, 304])
def test_answers_without_a_body(status: int) -> None:
    """They end with their head, though it may tell of a length."""
    received = fed([b"HTTP/1.1 %d Nothing\r\n\r\n" % status])
    assert (received.status, received.body, received.reusable) == (status, b"", True)


def test_head_has_no_body() -> None:
    """The length in the answer to HEAD is that of a body that does not come."""
    received = fed([PLAIN[: -len(b"hello")]], method="HEAD")
    assert (received.status, received.body, received.reusable) == (200, b"", True)
    assert not fed([PLAIN], method="HEAD").reusable


@pytest.mark.parametrize("lines", [b"Connection: upgrade\r\nUpgrade: x\r\n", b""])
def test_switched_protocols_are_no_answer(lines: bytes) -> None:
    """Nobody asked for another protocol, so 101 answers nothing."""
    with pytest.raises(NotHTTPError, match="switches to another protocol"):
        fed([b"HTTP/1.1 101 Switching\r\n" + lines + b"\r\n\x00\x01"])


def test_close_is_respected() -> None:
    """A connection that the target will close is not used again."""
    received = fed([PLAIN.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")])
    assert (received.body, received.reusable) == (b"hello", False)


@pytest.mark.parametrize("unit", [b"X-Filler: " + b"x" * 500 + b"\r\n", b"X"], ids=["lines", "one"])
def test_an_endless_head(unit: bytes) -> None:
    """Header lines without an end are no answer."""
    pieces = [b"HTTP/1.1 200 OK\r\nA: b\r\n", *[unit * (2_000 // len(unit))] * 400]
    with pytest.raises(NotHTTPError, match="header lines"):
        fed(pieces)


def test_a_bomb_is_bounded() -> None:
    """What a short body expands to is bounded like any other body."""
    bomb = gzip.compress(b"\x00" * 5_000_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    received = fed([head + bomb])
    assert received.truncated
    assert received.body == b"\x00" * MOST


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "GZIP", "x-gzip"])
def test_compressed_bodies(encoding: str) -> None:
    """They are read though nobody asked for them."""
    packed = (zlib.compress if encoding == "deflate" else gzip.compress)(b"hello" * 20)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(packed)}"
    for pieces in ([packed], [packed[:9], packed[9:]]):
        assert fed([head.encode() + b"\r\n\r\n", *pieces]).body == b"hello" * 20


def test_gzip_of_some_members() -> None:
    """RFC 1952 lets a body consist of several, and a connection cuts it anywhere."""
    packed = gzip.compress(b"hello ") + gzip.compress(b"") + gzip.compress(b"world")
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    for size in (1, 7, len(packed)):
        pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
        assert fed([head, *pieces]).body == b"hello world"


def test_the_members_of_gzip_are_bounded() -> None:
    """A body of empty members alone costs no time; one that is not read whole is no answer."""
    end = gzip.compress(b"end")
    for empty in (15, 16, 50_000):
        packed = gzip.compress(b"") * empty + end
        head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
        pieces = [head % len(packed), packed]
        if empty < 16:
            assert fed(pieces).body == b"end"
        else:
            with pytest.raises(NotHTTPError, match="more than 16 members"):
                fed(pieces)


def test_a_false_encoding() -> None:
    """A body that is not compressed as its header says is judged as it came."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n"
    assert fed([head + b"hello"]).body == b"hello"


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999999999999999\r\n\r\nhello",
        b"RTSP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"ICE/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x15\x03\x01\x00\x02\x02\x28",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=repr,
)
def test_what_is_no_http(head: bytes) -> None:
    """Lengths that contradict each other, chunks without a size, another protocol, a banner."""
    with pytest.raises(NotHTTPError):
        fed([head])


@given(st.binary(max_size=300), st.sampled_from(["", "HTTP/1.1 ", "HTTP/1.1 200 OK\r\n"]))
def test_any_bytes(data: bytes, start: str) -> None:
    """Whatever comes is an answer or none; nothing else is raised, and the bound holds."""
    received = ResponseParser("GET", 10)
    try:
        received.feed(start.encode() + data)
        if not received.complete:
            received.feed(b"")
    except NotHTTPError:
        return
    assert len(received.body) <= 10


@pytest.mark.parametrize("unit", [b"X-Filler: " + b"x" * 500 + b"\r\n", b"X"], ids=["lines", "one"])
def test_endless_trailers(unit: bytes) -> None:
    """Lines after the body are header lines too."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n0\r\nA: b\r\n"
    with pytest.raises(NotHTTPError, match="trailers"):
        fed([head, *[unit * (2_000 // len(unit))] * 400])


def test_trailers_are_no_headers() -> None:
    """What a target says of an answer comes before it."""
    received = fed([CHUNKED.replace(b"Trailer: t", b"Content-Type: text/evil\r\nRetry-After: 9")])
    assert received.header(b"content-type") == "text/plain"
    assert received.header(b"retry-after") == ""


def test_small_chunks_are_an_answer() -> None:
    """A byte a chunk is a waste, but no attack."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    text = head + b"1\r\nx\r\n" * 200_000 + b"0\r\n\r\n"
    received = fed([text[a : a + 65_536] for a in range(0, len(text), 65_536)], most=300_000)
    assert received.body == b"x" * 200_000


def test_bytes_after_what_was_compressed_are_dropped() -> None:
    """They belong to no answer, and are kept nowhere."""
    packed, tail = gzip.compress(b"hello"), b"\x00" * 5_000_000
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    received = ResponseParser("GET", MOST)
    received.feed(head % (len(packed) + len(tail)) + packed)
    tracemalloc.start()
    try:
        for place in range(0, len(tail), 50_000):
            received.feed(tail[place : place + 50_000])
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()
    assert received.complete
    assert received.body == b"hello"


@given(cuts=st.lists(st.integers(0, 60), max_size=6))
def test_another_protocol_is_noticed_however_its_bytes_come(cuts: list[int]) -> None:
    """Also where the first piece is one byte."""
    text = b"RTSP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    with pytest.raises(NotHTTPError):
        fed([text[a:b] for a, b in pairwise(places)])


def test_small_pieces_of_a_body_take_no_more_memory_than_large_ones() -> None:
    """Not an object for each of them."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    pieces = [head, *[b"2\r\nxy\r\n" * 1_000] * 400, b"0\r\n\r\n"]
    tracemalloc.start()
    received = fed(pieces, most=1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(received.body) == 800_000
    assert peak < 4 * 800_000
