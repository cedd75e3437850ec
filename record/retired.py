"""Signatures that earlier versions gave, and what took their place."""

from __future__ import annotations

from collections.abc import Mapping

RETIRED_SIGNATURES: Mapping[str, str] = {"LIMIT-01-f4a818d557": "COUP-02-fee12ceaad"}
"""To the signature of the same finding today: a coupon that the whole run redeems too often."""


def present_signature(signature: str) -> str:
    """The signature that the finding has today; other signatures stay as they are."""
    return RETIRED_SIGNATURES.get(signature, signature)
