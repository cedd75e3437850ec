"""Checks a claim against the recorded answers of a scenario.

The text of this module is copied into reproduction scripts, so it imports the standard library
only. Claims are those of `cartfuzz.record.claims` as JSON.
"""

from __future__ import annotations

import base64
import html
import json
import re
from decimal import Decimal
from typing import Any, TypedDict

MISSING: Any = object()


class Answer(TypedDict):
    """The answer to one request: session index, dry run or not, status (None: none came), text."""

    session: int
    dry: bool
    status: int | None
    body: str


def problem(claim: dict[str, Any], answers: list[Answer], step: int) -> str:
    """What is wrong with the answer at index ``step``; empty if ``claim`` holds.

    A claim that needs an answer holds where none came: then there is nothing to judge.
    """
    preconditions = claim.get("accepted", ())
    if not all(_answered_as_before(answers[index], accepted) for index, accepted in preconditions):
        return ""
    decided = claim.get("decided", ())
    if not all(decisions_of(answers[index]) == kinds for index, kinds in decided):
        return ""
    kind, answer = claim["claim"], answers[step]
    if kind == "any of":
        problems = [problem(alternative, answers, step) for alternative in claim["claims"]]
        return "none of these holds: " + "; ".join(problems) if all(problems) else ""
    if kind == "one value":
        return _several_values(claim["pointer"], answers, answer)
    if kind in _SCENARIO_CHECKS:
        return _SCENARIO_CHECKS[kind](claim, answers)
    if answer["status"] is None:
        return ""
    if kind in _ANSWER_CHECKS:
        return _ANSWER_CHECKS[kind](claim, answer)
    pointer = claim["pointer"]
    found = value_at(answer["body"], pointer)
    if kind in _VALUE_CHECKS:
        wrong = _VALUE_CHECKS[kind](claim, found)
    elif kind == "differs":
        wrong = _shown_by_another_session(pointer, answers, step, found)
    else:
        wrong = _changed(claim, answers, step, found)
    shown = "nothing" if found is MISSING else json.dumps(found)
    return f"{pointer}: found {shown}; {wrong}" if wrong else ""


def not_asked(
    claim: dict[str, Any], answers: list[Answer], step: int, before: list[int | None]
) -> str:
    """Why ``answers`` say nothing about the bug; empty: they do say something.

    Something else than the API may have answered: it, a gate or a proxy refuses the key or the
    login, limits the rate, or does not reach the API.

    Args:
        claim: of the bug.
        answers: one a request.
        step: index of the answer that the claim is about.
        before: the statuses when the bug was found; None: not known.
    """
    for index, answer in enumerate(answers):
        status = answer["status"]
        wanted = claim.get("statuses", ()) if index == step else ()
        is_about_5xx = index == step and claim["claim"] == "no 5xx"
        may_be_found = is_about_5xx and status is not None and status >= 500
        if status in wanted or status == before[index] or may_be_found:
            continue
        if status in _NOT_THE_API:
            return f"request {index + 1} was answered {status}: {_NOT_THE_API[status]}"
    shown = answers[step]["status"]
    may_be_a_gate = "statuses" not in claim and shown in _NOT_THE_API
    if may_be_a_gate and _none_got_through(answers) and not problem(claim, answers, step):
        # The claim is about what an error holds. The bug may be gone, or a gate answers alike.
        return f"request {step + 1} was answered {shown}, perhaps by something before the API"
    return ""


def _none_got_through(answers: list[Answer]) -> bool:
    """Whether each answer may be one of something before the API."""
    return all(answer["status"] is None or answer["status"] in _NOT_THE_API for answer in answers)


_NOT_THE_API = {
    401: "the API key, or the login of something before the API, is refused",
    403: "the API key, or something before the API, lets nothing through",
    407: "the proxy wants another login",
    429: "the rate is limited",
    502: "something before the API does not reach it",
    503: "the API is not available",
    504: "something before the API does not reach it",
}


def _answered_as_before(answer: Answer, accepted: bool) -> bool:
    """Whether a request was accepted or refused as it was when the bug was found.

    A refusal that comes before the target reads the request (401, 403, 429), a server error and a
    missing answer show neither, so they count as the same.
    """
    status = answer["status"]
    if status is None or status in (401, 403, 429) or status >= 500:
        return True
    return (status < 300) == accepted


def decisions_of(answer: Answer) -> list[str]:
    """The kinds of effects by which an answer accepts and rejects codes, sorted."""
    effects = value_at(answer["body"], "/effects") if answer["status"] == 200 else None
    kinds = [
        effect.get("effectType")
        for effect in (effects if isinstance(effects, list) else [])
        if isinstance(effect, dict)
    ]
    return sorted(kind for kind in kinds if kind in _DECISIONS)


_DECISIONS = ("acceptCoupon", "acceptReferral", "rejectCoupon", "rejectReferral")


# --- claims about one answer --------------------------------------------------------------------


def _status_in(claim: dict[str, Any], answer: Answer) -> str:
    if answer["status"] in claim["statuses"]:
        return ""
    expected = " or ".join(map(str, claim["statuses"][:5]))
    return f"expected status {expected}; found {answer['status']}: {answer['body'][:300]}"


def _no_server_error(_claim: dict[str, Any], answer: Answer) -> str:
    status = answer["status"]
    if status is None or status < 500:
        return ""
    return f"expected no server error; found status {status}: {answer['body'][:300]}"


def _without(claim: dict[str, Any], answer: Answer) -> str:
    # The API key is redacted in every answer: the text in its place shows that it was there.
    found = re.search(claim["pattern"] or r"\[API key\]", answer["body"])
    return f"the body contains {found.group()!r}" if found else ""


_ANSWER_CHECKS = {"status in": _status_in, "no 5xx": _no_server_error, "without": _without}


# --- claims about one value ---------------------------------------------------------------------


def _holds(claim: dict[str, Any], found: Any) -> str:
    value = claim["value"]
    return "" if holds(value, found) else f"expected {json.dumps(value)}"


def _type_is(claim: dict[str, Any], found: Any) -> str:
    return "" if type_of(found) == claim["type"] else f"expected a value of type {claim['type']}"


def _fits(claim: dict[str, Any], found: Any) -> str:
    types, least, shortest = claim.get("types"), claim.get("least"), claim.get("shortest")
    if found is MISSING:
        return ""
    if types and type_of(found) not in types:
        return f"expected a value of type {' or '.join(types)}"
    if least is not None and is_number(found) and found < least:
        return f"expected at least {least:g}"
    if shortest is not None and isinstance(found, (str, list)) and len(found) < shortest:
        return f"expected at least {shortest} characters or members"
    return ""


def _present(_claim: dict[str, Any], found: Any) -> str:
    return "" if found is not MISSING else "expected a value"


def _near(claim: dict[str, Any], found: Any) -> str:
    near = is_number(found) and any(
        abs(Decimal(repr(found)) - Decimal(value)) <= Decimal(claim["tolerance"])
        for value in claim["values"]
    )
    return "" if near else f"expected {' or '.join(claim['values'])}"


_VALUE_CHECKS = {
    "holds": _holds,
    "type is": _type_is,
    "fits": _fits,
    "present": _present,
    "near": _near,
}


# --- claims that compare answers ----------------------------------------------------------------


def _shown_by_another_session(pointer: str, answers: list[Answer], step: int, found: Any) -> str:
    if found is MISSING:
        return ""
    session = answers[step]["session"]
    others = (earlier for earlier in answers[:step] if earlier["session"] != session)
    repeated = found in [value_at(other["body"], pointer) for other in others]
    return "another session shows the same value" if repeated else ""


def _changed(claim: dict[str, Any], answers: list[Answer], step: int, found: Any) -> str:
    """What is wrong with a value that must equal the one that the session showed last."""
    pointer, session = claim["pointer"], answers[step]["session"]
    earlier = [one for one in answers[:step] if one["session"] == session and not one["dry"]]
    values = [value_at(one["body"], pointer) for one in earlier]
    values = [value for value in values if value is not MISSING]
    if not values:
        return ""
    last = values[-1]
    if holds(last, found) and holds(found, last):
        return ""
    if is_number(last) and is_number(found):
        try:
            is_near = abs(last - found) <= claim.get("tolerance", 0.0) * max(abs(last), abs(found))
        except OverflowError:  # a whole number beyond doubles is far from any other
            is_near = False
        if is_near:
            return ""
    texts = isinstance(found, str) and isinstance(last, str)
    if claim.get("may_grow") and texts and found >= last:
        return ""
    return f"expected the earlier value {json.dumps(last)}"


def _several_values(pointer: str, answers: list[Answer], answer: Answer) -> str:
    own = [one for one in answers if one["session"] == answer["session"]]
    values = [value_at(one["body"], pointer) for one in own]
    different = sorted({json.dumps(value) for value in values if value is not MISSING})
    if len(different) < 2:
        return ""
    return f"{pointer} has several values: {', '.join(different)}"


# --- claims about all answers of a scenario -----------------------------------------------------

_CONSTANT = ("/customerSession/id", "/customerSession/created")
"""Values that a session keeps all its life, whatever the order of concurrent requests."""


def _unexplained(claim: dict[str, Any], answers: list[Answer]) -> str:
    """Why no order of concurrent requests and no outcome of lost ones explains the answers.

    The refutations were worked out for the statuses in the claim. With others they prove nothing.
    """
    if any(answers[step]["status"] != status for step, status in claim["answered"]):
        return ""
    first, last = claim.get("burst") or (0, 0)
    problems = []
    for refutation in claim["refuted"]:
        step, refuted = refutation["step"], refutation["claim"]
        earlier = answers[:step]
        if refuted.get("pointer") not in _CONSTANT:
            # Nobody knows which of the concurrent answers came last, so none is "the last value".
            earlier = earlier[:first] + earlier[last:]
        problems.append(problem(refuted, [*earlier, answers[step]], len(earlier)))
    if not all(problems):
        return ""
    return "no possible order of events explains the answers: " + "; ".join(dict.fromkeys(problems))


def _inconsistent(claim: dict[str, Any], answers: list[Answer]) -> str:
    """Whether the target still answers one situation in both ways."""
    statuses = []
    for recorded in claim["then"]:
        answer, view = answers[recorded["step"]], recorded["view"]
        session = value_at(answer["body"], "/customerSession")
        shown = None
        if isinstance(session, dict):
            shown = {name: session.get(name) for name in view or ()}
        if answer["status"] != recorded["status"] or shown != view:
            return ""
        statuses.append(f"request {recorded['step'] + 1}: {answer['status']}")
    return f"the target contradicts itself again: {', '.join(statuses)}"


def _repeated(claim: dict[str, Any], answers: list[Answer]) -> str:
    """Which value two sessions share. The body of a repeated request is the list of its bodies."""
    values = set()
    for answer in answers:
        content = value_at(answer["body"], "")
        for body in content if isinstance(content, list) else [content]:
            found = resolve(body, claim["pointer"])
            if found is MISSING:
                continue
            value = json.dumps(found)
            if value in values:
                return f"{claim['pointer']}: two sessions have the value {value}"
            values.add(value)
    return ""


def _too_many(claim: dict[str, Any], answers: list[Answer]) -> str:
    kind = "referral" if claim.get("referral") else "coupon"
    limit, code = claim["limit"], claim[kind]
    effect = "acceptReferral" if claim.get("referral") else "acceptCoupon"
    count = sum(_accepts(answers[step], effect, code) for step in claim["steps"])
    if count <= limit:
        return ""
    return f"the {kind} {code!r} was accepted {count} times; its limit is {limit}"


def _accepts(answer: Answer, kind: str, code: str) -> bool:
    """Whether an answer accepts a code by an effect; blanks and case may be as it is kept."""
    effects = value_at(answer["body"], "/effects") if answer["status"] == 200 else None
    wanted = code.strip().lower()
    for effect in effects if isinstance(effects, list) else []:
        props = effect.get("props") if isinstance(effect, dict) else None
        value = props.get("value") if isinstance(props, dict) else None
        is_kind = isinstance(effect, dict) and effect.get("effectType") == kind
        if is_kind and isinstance(value, str) and value.strip().lower() == wanted:
            return True
    return False


_SCENARIO_CHECKS = {
    "explained": _unexplained,
    "consistent": _inconsistent,
    "distinct": _repeated,
    "at most": _too_many,
}


# --- the API key ---------------------------------------------------------------------------------


def without_key(body: str, key: str) -> str:
    """``body`` with ``[API key]`` in place of ``key``: in plain, in escapes, in hex, in base64."""
    whole = key.encode()
    spelled = ["".join(map(_spelled, key)), whole.hex()]
    for before in range(3):  # inside a longer base64 text, such as user and password
        text = base64.b64encode(b"0" * before + whole).decode()
        core = text[(before * 8 + 5) // 6 : (before + len(whole)) * 8 // 6]
        spelled.append(re.escape(core).replace("/", "[/_]").replace("\\+", "[+-]"))
    return re.sub("|".join(spelled), "[API key]", body, flags=re.IGNORECASE)


def _spelled(char: str) -> str:
    """A pattern of the ways in which texts, JSON, URLs and HTML write a character."""
    plain = re.escape(char)
    units = char.encode("utf-16-be").hex()
    in_json = "".join(rf"\\{{1,8}}u{units[place : place + 4]}" for place in range(0, len(units), 4))
    in_url = "".join(f"%(?:25)?{byte:02x}" for byte in char.encode())
    in_html = rf"&#(?:{ord(char)}|x0?{ord(char):x});|{re.escape(html.escape(char))}"
    # The plain character comes last: a backslash would match the first one of an escape.
    return rf"(?:{in_json}|{in_url}|{in_html}|\\{{1,8}}{plain}|{plain})"


# --- JSON values --------------------------------------------------------------------------------


def value_at(body: str, pointer: str) -> Any:
    """The value at a JSON Pointer (RFC 6901) in a text; MISSING if it has none or is not JSON."""
    try:
        return resolve(json.loads(body), pointer)
    except (ValueError, RecursionError):
        return MISSING


def resolve(value: Any, pointer: str) -> Any:
    """The value at a JSON Pointer (RFC 6901) in ``value``; MISSING if there is none."""
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, dict) and name in value:
            value = value[name]
        else:
            return MISSING
    return value


def holds(expected: Any, found: Any) -> bool:
    """Whether ``found`` equals ``expected``; its objects may have members more.

    Absent, null and empty values are equal, and so are 1 and 1.0.
    """
    if is_empty(expected):
        return is_empty(found)
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            holds(value, found.get(name, MISSING)) for name, value in expected.items()
        )
    if isinstance(expected, list):
        same_size = isinstance(found, list) and len(found) == len(expected)
        return same_size and all(map(holds, expected, found))
    if is_number(expected) and is_number(found):
        return bool(expected == found)
    return type(expected) is type(found) and bool(expected == found)


def is_empty(value: Any) -> bool:
    """Whether ``value`` is absent, null, or an empty text, list or object."""
    return value is MISSING or value is None or value in ("", [], {})


def is_number(value: Any) -> bool:
    """Whether ``value`` is a JSON number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def type_of(value: Any) -> str:
    """The JSON type of ``value``, or ``missing``."""
    if value is MISSING:
        return "missing"
    if is_number(value):
        return "number"
    names = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names[type(value)]
