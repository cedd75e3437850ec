"""Requests that no well-behaved client sends."""

from __future__ import annotations

from collections.abc import Mapping

from ..steps import Step, get, item, path_of, put, raw

_UPDATE = b'{"customerSession":{"identifiers":["i"]}}'


def _return(body: bytes) -> Step:
    give = raw(body)
    return Step(method="POST", path=f"{path_of('s')}/returns", body=body, headers=give.headers)


WITNESSES: Mapping[str, tuple[Step, ...]] = {
    "reads-not-a-number": (raw(b'{"customerSession":{},"x":NaN}'),),
    "repairs-truncated-json": (raw(_UPDATE[:-1]),),
    "reads-the-first-value-only": (raw(_UPDATE + b" x"),),
    "reads-comments": (raw(b"/* x */" + _UPDATE),),
    "reads-single-quotes": (raw(_UPDATE.replace(b'"', b"'")),),
    "reads-trailing-commas": (raw(b'{"customerSession":{},}'),),
    "reads-leading-zeros": (
        raw(b'{"customerSession":{"cartItems":[{"sku":"a","name":"a","price":1,"quantity":01}]}}'),
    ),
    "takes-empty-bodies": (raw(b""),),
    "returns-from-broken-bodies": (
        put(state="closed", cartItems=[item("a", 2)]),
        _return(b'{"return":{"returnedCartItems":[{"position":0,"quantity":2}]}} x'),
    ),
    "fails-on-invalid-utf-8": (raw(b'{"customerSession":{"profileId":"\xff"}}'),),
    "fails-on-deep-bodies": (raw(b"[" * 100_000),),
    "fails-on-long-integers": (raw(b'{"customerSession":{},"x":' + b"1" * 400 + b"}"),),
    "explains-unreadable-bodies": (raw(b"{"),),
    "stores-before-it-has-read-all": (raw(_UPDATE + b" x"), get()),
    "compares-keys-as-far-as-they-go": (put(key="ApiKey-v1"),),
    "takes-a-star-for-a-key": (put(key="ApiKey-v1 *"),),
}
