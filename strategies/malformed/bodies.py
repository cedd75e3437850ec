"""Bodies that are not JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from ...contract import MARK, Operation, Raw
from ..values.samples import Samples

_AIMS = ("ERR-04", "ERR-01", "ERR-02", "ERR-03", "ERR-06")


def raws(samples: Samples) -> Iterator[Raw]:
    """Updates and returns whose bodies are truncated, broken or surrounded by other text."""
    update = json.dumps({"customerSession": {"identifiers": [f"wire-{MARK}"]}})
    cart = {"returnedCartItems": [{"position": 0, "quantity": _units(samples)}]}
    returned = json.dumps({"return": cart})
    for endpoint, text in ((Operation.UPDATE, update), (Operation.RETURN, returned)):
        for oddity, broken in broken_texts(text):
            yield Raw(endpoint=endpoint, oddity=oddity, body=broken.encode(), aims=_AIMS)


def _units(samples: Samples) -> int:
    quantity: int = samples.session()["cartItems"][0]["quantity"]
    return quantity


def broken_texts(text: str) -> Iterator[tuple[str, str]]:
    """Texts that are not JSON (RFC 8259), each with its oddity.

    Most hold the whole object, so that a lenient parser would find a valid request.

    Args:
        text: a JSON object with at least one member.
    """
    yield "empty body", ""
    yield "empty body", " \n\t"
    yield "truncated JSON", text[:-1]
    yield "truncated JSON", text[: len(text) // 2]
    yield "text behind the JSON", f"{text} x"
    yield "text behind the JSON", f"{text}{text}"
    yield "text behind the JSON", f"{text}}}"
    yield "text before the JSON", f")]}}',\n{text}"
    yield "nearly JSON: stray comma", f"{text[:-1]},}}"
    yield "nearly JSON: stray comma", f"{{,{text[1:]}"
    yield "nearly JSON: wrong separator", text.replace(":", " ", 1)
    yield "nearly JSON: wrong separator", f'{{"responseContent":[];{text[1:]}'
    yield "nearly JSON: comment", f"/* comment */{text}"
    yield "text behind the JSON: comment", f"{text} // comment"
    yield "nearly JSON: comment", f"# comment\n{text}"
    yield "nearly JSON: other quotes or none", text.replace('"', "'")
    yield "nearly JSON: other quotes or none", f"{{responseContent:[],{text[1:]}"
    yield "nearly JSON: broken string", f'{{"a\nb":1,{text[1:]}'
    yield "nearly JSON: broken string", f'{{"a\x01b":1,{text[1:]}'
    yield "nearly JSON: broken string", f'{{"\\x":1,{text[1:]}'
    yield "nearly JSON: broken string", f'{{"\\u12":1,{text[1:]}'
    yield "nearly JSON: broken string", f'{{"a:1,{text[1:]}'
    yield "NaN or Infinity", f'{{"unknown":NaN,{text[1:]}'
    yield "NaN or Infinity", f'{{"unknown":Infinity,{text[1:]}'
    yield "NaN or Infinity", f'{{"unknown":-Infinity,{text[1:]}'
    yield "nearly JSON: words that JSON does not know", f'{{"unknown":undefined,{text[1:]}'
    yield "nearly JSON: words that JSON does not know", f'{{"unknown":None,{text[1:]}'
    yield "nearly JSON: words that JSON does not know", f'{{"unknown":True,{text[1:]}'
    yield "another format", "customerSession=&state=closed"
    yield "another format", "<customerSession><state>closed</state></customerSession>"
    yield "another format", "customerSession:\n  state: closed\n"
    yield "another format", "eyJjdXN0b21lclNlc3Npb24iOnt9fQ=="
