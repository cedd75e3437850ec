"""The toy engine's session API: a profile as data, and the little that is no matter of names.

The toy has no envelope around a basket, answers every request with the whole basket, and its
refusals are ``{"problem": "..."}``.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from cartfuzz.contract import Operation
from cartfuzz.plugin import ContractProfile, Plugin, ProfileTranslation, UntranslatableError

_DATA = tomllib.loads(Path(__file__).with_name("toy_profile.toml").read_text("utf-8"))
PROFILE = msgspec.convert(_DATA, ContractProfile)


def without_envelope(operation: Operation, body: Any) -> Any:
    """The basket alone, or the refund alone.

    Raises:
        UntranslatableError: the request is about the envelope, which the toy does not have.
    """
    if not isinstance(body, dict):
        return body  # refused by the toy as by the contract
    name = "return" if operation is Operation.RETURN else "customerSession"
    if name not in body or not body.keys() <= {name, "responseContent"}:
        raise UntranslatableError("the toy has no envelope")
    content = body.get("responseContent", ["customerSession"])
    if not isinstance(content, list) or "customerSession" not in content:
        raise UntranslatableError("the toy always answers with the whole basket")
    return body[name]


def with_envelope(operation: Operation, body: Any) -> Any:
    """A basket as the contract answers it, or a refusal."""
    if not isinstance(body, dict):
        return body
    if "problem" in body:
        text = str(body["problem"])
        return {"message": text, "errors": [{"title": text}]}
    session = {name: value for name, value in body.items() if name not in ("effects", "return")}
    if operation is Operation.GET:
        return {"customerSession": session}
    rest = {"effects": body.get("effects", []), "createdCoupons": [], "createdReferrals": []}
    if operation is Operation.RETURN:
        rest["return"] = body.get("return")
    return {"customerSession": session, **rest}


PLUGIN = Plugin(
    name="toy",
    version="1.0.0",
    translation=ProfileTranslation(
        profile=PROFILE, outgoing=without_envelope, incoming=with_envelope
    ),
)
