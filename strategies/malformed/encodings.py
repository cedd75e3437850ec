"""Valid requests in other encodings, and bytes that are not text."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator

from ...contract import MARK, Raw
from ..values.samples import Samples

_AIMS = ("ERR-02", "ERR-03", "ERR-06")
_DEPTHS = (65, 500, 5_000, 100_000)
_TEXT_LENGTHS = (100_000, 1_000_000)


def raws(_samples: Samples) -> Iterator[Raw]:
    """Updates in other encodings and content codings, with invalid UTF-8, with duplicate names, and
    deep and large ones."""
    mark = MARK.encode()
    text = json.dumps({"customerSession": {"identifiers": [f"wire-{MARK}"]}})
    plain = text.encode()
    # No mark can be put into these later, so they hold nothing that needs one.
    bare = json.dumps({"customerSession": {"state": "open"}})
    for oddity, body in (
        ("byte order mark", b"\xef\xbb\xbf" + plain),
        ("no UTF-8: UTF-16 with byte order mark", bare.encode("utf-16")),
        ("no UTF-8: UTF-16 without byte order mark", bare.encode("utf-16-le")),
        ("no UTF-8: UTF-32", bare.encode("utf-32")),
        ("no UTF-8: invalid UTF-8", plain.replace(b"wire", b"\xff\xfe")),
        ("no UTF-8: overlong UTF-8", plain.replace(b"wire", b"\xc0\xaf")),
        ("no UTF-8: surrogate in UTF-8", plain.replace(b"wire", b"\xed\xa0\x80")),
        ("no UTF-8: truncated UTF-8", plain.replace(b"wire", b"\xe2\x82")),
        ("no UTF-8: Latin-1", plain.replace(b"wire", b"\xe9")),
        ("NUL bytes", b"\x00" * 64),
        ("no UTF-8: random bytes", bytes(range(128, 256))),
        ("name twice", b'{"customerSession":{"identifiers":["%s"]},' % mark + plain[1:]),
        (
            "name twice inside",
            b'{"customerSession":{"identifiers":["a%s"],"identifiers":["b%s"]}}' % (mark, mark),
        ),
    ):
        yield Raw(oddity=oddity, body=body, aims=_AIMS)
    for coding, body in (
        ("gzip", gzip.compress(bare.encode(), mtime=0)),
        ("deflate", zlib.compress(bare.encode())),
        ("br", plain),
        ("identity", plain),
        ("unheard-of", plain),
    ):
        line = (("Content-Encoding", coding),)
        yield Raw(oddity=f"content coding: {coding}", headers=line, body=body, aims=_AIMS)
    yield Raw(
        oddity="content coding: gzip, but no gzip",
        headers=(("Content-Encoding", "gzip"),),
        body=plain,
        aims=_AIMS,
    )
    for depth in _DEPTHS:
        for oddity, opened, closed in (("lists", "[", "]"), ("objects", '{"a":', "}")):
            nested = opened * depth + "1" + closed * depth
            body = f'{{"unknown":{nested},{text[1:]}'.encode()
            yield Raw(oddity=f"deep nesting: {oddity} {depth} deep", body=body, aims=_AIMS)
    for size in _TEXT_LENGTHS:
        body = f'{{"unknown":"{"x" * size}",{text[1:]}'.encode()
        yield Raw(oddity=f"unknown text of {size} characters", body=body, aims=_AIMS)
    names = ",".join(f'"unknown{index}":0' for index in range(20_000))
    yield Raw(oddity="20000 unknown names", body=f"{{{names},{text[1:]}".encode(), aims=_AIMS)
