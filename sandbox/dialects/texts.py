"""Defines dialects of texts: session IDs, profiles, identifiers and odd characters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..calls import Call, Refusal, Reply, encode
from ..service import Service
from ..sessions import Session
from ..values import describe, is_nested_within
from .dialect import CURRENT_VERSION, VERSION_2_5_1, Area, dialect


@dialect(Area.TEXTS, "IDENT-U1", "IDENT-U3")
class RefusesOddIds(Service):
    """Session IDs with a slash, control character or surrogate, or over 1000 long, are refused."""

    def session_id(self, segment: bytes) -> str:
        text = super().session_id(segment)
        is_odd = any(
            c < " " or "\x7f" <= c <= "\x9f" or "\ud800" <= c <= "\udfff" or c == "/" for c in text
        )
        if is_odd or len(text) > 1000:
            raise Refusal(404, f"no such endpoint: the session ID is {describe(text)}")
        return text


@dialect(Area.TEXTS, "IDENT-U1", source="RFC 9110, section 15.5.15")
class Answers414ForLongIds(Service):
    """A session ID of more than 1000 characters is answered 414."""

    def session_id(self, segment: bytes) -> str:
        text = super().session_id(segment)
        if len(text) > 1000:
            raise Refusal(414, f"the path is too long: {len(segment)} bytes")
        return text


@dialect(Area.TEXTS, "IDENT-U3", source="RFC 3986, section 6.2.2.3; the router of Go")
class RedirectsDotSegments(Service):
    """A path with . or .. as the session ID is answered 301 with the path without it."""

    async def handle(self, call: Call) -> Reply:
        segments = call.path.replace(b"%2E", b".").replace(b"%2e", b".").split(b"/")
        if b"." not in segments and b".." not in segments:
            return await super().handle(call)
        location = ("location", "/v2/customer_sessions/")
        page = b'<a href="/v2/customer_sessions/">Moved Permanently</a>.\n'
        return Reply(status=301, body=page, content_type="text/html", headers=(location,))


@dialect(Area.TEXTS, "IDENT-U2", versions=VERSION_2_5_1)
class KeepsTheFirstIdentifiers(Service):
    """Of more than five identifiers, and of more than one card, the first are kept."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        most = {"identifiers": 5, "loyaltyCards": 1}.get(name)
        return value[:most] if most is not None else value


@dialect(Area.TEXTS, "IDENT-U2", versions=VERSION_2_5_1, decides=("long codes",))
class CutsLongCodes(Service):
    """Of a coupon code of more than 100 characters the first 100 are kept."""

    def merged_value(self, name: str, old: Any, new: Any) -> Any:
        value = super().merged_value(name, old, new)
        return [code[:100] for code in value] if name == "couponCodes" else value


@dialect(Area.TEXTS, "IDENT-U3", source="texts of a body with control characters are silent")
class RefusesControlCharacters(Service):
    """A body with control characters in its texts is refused."""

    def parse_body(self, call: Call) -> Any:
        body = super().parse_body(call)
        if not is_nested_within(body):
            raise Refusal(400, f"the body is nested too deeply: {describe(body)}")
        if any(character < " " or character == "\x7f" for character in _characters(body)):
            raise Refusal(
                400, f"a text holds control characters: {describe(body)}", "/customerSession"
            )
        return body


def _characters(value: Any) -> Iterator[str]:
    """The characters of all texts in ``value``, a JSON value; names of members are texts too."""
    if isinstance(value, str):
        yield from value
    elif isinstance(value, list):
        for part in value:
            yield from _characters(part)
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from name
            yield from _characters(part)


@dialect(Area.TEXTS, "IDENT-U3")
class ReplacesSurrogates(Service):
    """Lone surrogates in a body become U+FFFD, and a body with NUL is refused."""

    def parse_body(self, call: Call) -> Any:
        body = super().parse_body(call)
        if not is_nested_within(body):
            raise Refusal(400, f"the body is nested too deeply: {describe(body)}")
        text = encode(body).replace(b"\\\\", b"")
        if b"\\u0000" in text:
            raise Refusal(400, f"the body holds NUL: {describe(body)}")
        return _without_surrogates(body)


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(part) for part in value]
    if isinstance(value, dict):
        return {
            _without_surrogates(name): _without_surrogates(part) for name, part in value.items()
        }
    return value


@dialect(Area.TEXTS, source="no text speaks of a profile that was never named")
class GeneratesProfiles(Service):
    """A session that never named a profile shows one that the server made."""

    def view(self, session: Session) -> dict[str, Any]:
        shown = super().view(session)
        if "profileId" not in session.data:
            shown["profileId"] = f"generated-{session.internal_id}"
        return shown


@dialect(
    Area.TEXTS,
    "IDENT-U5",
    source="the profile of an answer has at most 1000 characters, that of a request no limit",
    versions=CURRENT_VERSION,
)
class RefusesLongProfiles(Service):
    """A profile ID of more than 1000 characters is refused."""

    def check_text(self, name: str, value: Any, pointer: str) -> None:
        super().check_text(name, value, pointer)
        if name == "profileId" and len(value) > 1000:
            raise Refusal(400, f"a profile ID is too long: {describe(value)}", pointer)
