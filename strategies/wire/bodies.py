"""Bodies that are no JSON text."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...contract import MARK, Operation, Raw
from ..samples import Samples

_AIMS = ("ERR-04", "ERR-01", "ERR-02", "ERR-03", "ERR-06")


def raws(samples: Samples) -> Iterator[Raw]:
    """Broken, truncated and decorated texts, as bodies of updates and of returns."""
    update = json.dumps({"customerSession": {"identifiers": [f"wire-{MARK}"]}})
    cart = {"returnedCartItems": [{"position": 0, "quantity": _units(samples)}]}
    give_back = json.dumps({"return": cart})
    for endpoint, text in ((Operation.UPDATE, update), (Operation.RETURN, give_back)):
        for what, broken in broken_texts(text):
            yield Raw(endpoint=endpoint, what=what, body=broken.encode(), aims=_AIMS)


def _units(samples: Samples) -> int:
    quantity: int = samples.session()["cartItems"][0]["quantity"]
    return quantity


def broken_texts(text: str) -> Iterator[tuple[str, str]]:
    """What makes of a JSON object something that is no JSON (RFC 8259), with a name for each.

    All hold the object almost whole, so that a lenient reader would find a valid request.
    """
    yield "empty body", ""
    yield "blank body", " \n\t"
    yield "truncated JSON", text[:-1]
    yield "JSON truncated in the middle", text[: len(text) // 2]
    yield "garbage behind the JSON", f"{text} x"
    yield "two JSON texts", f"{text}{text}"
    yield "closing brace too many", f"{text}}}"
    yield "garbage before the JSON", f")]}}',\n{text}"
    yield "trailing comma", f"{text[:-1]},}}"
    yield "leading comma", f"{{,{text[1:]}"
    yield "missing colon", text.replace(":", " ", 1)
    yield "semicolon for a comma", f'{{"responseContent":[];{text[1:]}'
    yield "comment", f"/* comment */{text}"
    yield "line comment", f"{text} // comment"
    yield "hash comment", f"# comment\n{text}"
    yield "single quotes", text.replace('"', "'")
    yield "name without quotes", f"{{responseContent:[],{text[1:]}"
    yield "raw line break in a string", f'{{"a\nb":1,{text[1:]}'
    yield "raw control character in a string", f'{{"a\x01b":1,{text[1:]}'
    yield "unknown escape", f'{{"\\x":1,{text[1:]}'
    yield "short Unicode escape", f'{{"\\u12":1,{text[1:]}'
    yield "unclosed string", f'{{"a:1,{text[1:]}'
    yield "NaN", f'{{"unknown":NaN,{text[1:]}'
    yield "Infinity", f'{{"unknown":Infinity,{text[1:]}'
    yield "negative Infinity", f'{{"unknown":-Infinity,{text[1:]}'
    yield "undefined", f'{{"unknown":undefined,{text[1:]}'
    yield "Python's None", f'{{"unknown":None,{text[1:]}'
    yield "capital True", f'{{"unknown":True,{text[1:]}'
    yield "form fields", "customerSession=&state=closed"
    yield "XML", "<customerSession><state>closed</state></customerSession>"
    yield "YAML", "customerSession:\n  state: closed\n"
    yield "base64", "eyJjdXN0b21lclNlc3Npb24iOnt9fQ=="
