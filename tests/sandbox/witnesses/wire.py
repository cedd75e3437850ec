"""Lists the witnesses of faults that malformed requests show."""

from __future__ import annotations

from collections.abc import Mapping

from ..steps import Step, get, item, path_of, put, put_body

_UPDATE = b'{"customerSession":{"identifiers":["i"]}}'


def _return(body: bytes) -> Step:
    update = put_body(body)
    return Step(method="POST", path=f"{path_of('s')}/returns", body=body, headers=update.headers)


WITNESSES: Mapping[str, tuple[Step, ...]] = {
    "reads-not-a-number": (put_body(b'{"customerSession":{},"x":NaN}'),),
    "repairs-truncated-json": (put_body(_UPDATE[:-1]),),
    "reads-the-first-value-only": (put_body(_UPDATE + b" x"),),
    "reads-comments": (put_body(b"/* x */" + _UPDATE),),
    "reads-single-quotes": (put_body(_UPDATE.replace(b'"', b"'")),),
    "reads-trailing-commas": (put_body(b'{"customerSession":{},}'),),
    "reads-leading-zeros": (
        put_body(
            b'{"customerSession":{"cartItems":[{"sku":"a","name":"a","price":1,"quantity":01}]}}'
        ),
    ),
    "takes-empty-bodies": (put_body(b""),),
    "returns-from-broken-bodies": (
        put(state="closed", cartItems=[item("a", 2)]),
        _return(b'{"return":{"returnedCartItems":[{"position":0,"quantity":2}]}} x'),
    ),
    "fails-on-invalid-utf-8": (put_body(b'{"customerSession":{"profileId":"\xff"}}'),),
    "fails-on-deep-bodies": (put_body(b"[" * 100_000),),
    "fails-on-long-integers": (put_body(b'{"customerSession":{},"x":' + b"1" * 400 + b"}"),),
    "explains-unreadable-bodies": (put_body(b"{"),),
    "stores-before-it-has-read-all": (put_body(_UPDATE + b" x"), get()),
    "compares-keys-as-far-as-they-go": (put(key="ApiKey-v1"),),
    "takes-a-star-for-a-key": (put(key="ApiKey-v1 *"),),
}
