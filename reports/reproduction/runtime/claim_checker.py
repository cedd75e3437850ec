"""Checks a claim against answers. Standard library only: its text is copied into artefacts."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

MISSING: Any = object()


def problem(claim: dict[str, Any], answers: list[dict[str, Any]], place: int) -> str:
    """What is wrong with the answer at ``place``; empty if ``claim`` holds.

    An answer is a dictionary: session, dry, status (None: no answer), body (text).
    """
    kind, answer = claim["claim"], answers[place]
    if not all(_as_before(answers[one], accepted) for one, accepted in claim.get("accepted", ())):
        return ""
    if kind == "any of":
        problems = [problem(one, answers, place) for one in claim["claims"]]
        return "none of these: " + "; ".join(problems) if all(problems) else ""
    if kind == "one value":
        return _several(claim["pointer"], answers, answer)
    if kind in _ABOUT_ALL:
        return _ABOUT_ALL[kind](claim, answers)
    if answer["status"] is None:
        return ""
    if kind in _ABOUT_ANSWERS:
        return _ABOUT_ANSWERS[kind](claim, answer)
    found = at(answer, claim["pointer"])
    told = f"{claim['pointer']}: found {'nothing' if found is MISSING else json.dumps(found)}"
    if kind in _ABOUT_VALUES:
        wrong = _ABOUT_VALUES[kind](claim, found)
    elif kind == "differs":
        others = (one for one in answers[:place] if one["session"] != answer["session"])
        wrong = (
            "as in another session" if found in [at(o, claim["pointer"]) for o in others] else ""
        )
    else:
        wrong = _changed(claim, answers, place, found)
    return f"{told}; {wrong}" if wrong else ""


def _as_before(answer: dict[str, Any], accepted: bool) -> bool:
    """Whether a request was accepted, or refused, as when the bug was seen.

    Refusals that come before the request is looked at, and failures, tell nothing about it.
    """
    status = answer["status"]
    untold = status is None or status in (401, 403, 429) or status >= 500
    return untold or (status < 300) == accepted


def _status_in(claim: dict[str, Any], answer: dict[str, Any]) -> str:
    if answer["status"] in claim["statuses"]:
        return ""
    expected = " or ".join(map(str, claim["statuses"][:5]))
    return f"expected status {expected}; found {answer['status']}: {answer['body'][:300]}"


def _no_server_error(_claim: dict[str, Any], answer: dict[str, Any]) -> str:
    wrong = answer["status"] >= 500
    return f"found status {answer['status']}: {answer['body'][:300]}" if wrong else ""


def _without(claim: dict[str, Any], answer: dict[str, Any]) -> str:
    # Whoever took the answer down put this in the place of the key.
    found = re.search(claim["pattern"] or r"\[API key\]", answer["body"])
    return f"the body tells {found.group()!r}" if found else ""


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


_ABOUT_ANSWERS = {"status in": _status_in, "no 5xx": _no_server_error, "without": _without}
_ABOUT_VALUES = {
    "holds": _holds,
    "type is": _type_is,
    "fits": _fits,
    "present": _present,
    "near": _near,
}


def _several(pointer: str, answers: list[dict[str, Any]], answer: dict[str, Any]) -> str:
    own = (one for one in answers if one["session"] == answer["session"])
    shown = [value for one in own if (value := at(one, pointer)) is not MISSING]
    values = sorted({json.dumps(value) for value in shown})
    return f"{pointer} has several values: {', '.join(values)}" if len(values) > 1 else ""


_LASTING = ("/customerSession/id", "/customerSession/created")


def _unexplained(claim: dict[str, Any], answers: list[dict[str, Any]]) -> str:
    """Why no order of the concurrent requests, and no fate of the lost ones, explains the answers.

    Which way each possibility was refuted is known for these statuses only.
    """
    if any(answers[place]["status"] != status for place, status in claim["answered"]):
        return ""
    first, last = claim.get("burst") or (0, 0)
    problems = []
    for refuted in claim["refuted"]:
        place, one = refuted["step"], refuted["claim"]
        earlier = answers[:place]
        if one.get("pointer") not in _LASTING:
            # Which of the concurrent answers came last is not known.
            earlier = earlier[:first] + earlier[last:]
        problems.append(problem(one, [*earlier, answers[place]], len(earlier)))
    if not all(problems):
        return ""
    return "nothing explains the answers: " + "; ".join(dict.fromkeys(problems))


def _inconsistent(claim: dict[str, Any], answers: list[dict[str, Any]]) -> str:
    """Whether one situation is still answered in both ways."""
    told = []
    for then in claim["then"]:
        answer, view = answers[then["step"]], then["view"]
        found = at(answer, "/customerSession")
        shown = {n: found.get(n) for n in view or ()} if isinstance(found, dict) else None
        if answer["status"] != then["status"] or shown != view:
            return ""
        told.append(f"request {then['step'] + 1}: {answer['status']}")
    return f"one situation is answered in two ways, as before: {', '.join(told)}"


def _repeated(claim: dict[str, Any], answers: list[dict[str, Any]]) -> str:
    """Which value is shown twice; the body of a repeated request is the list of its answers."""
    seen = set()
    for answer in answers:
        whole = at(answer, "")
        for one in whole if isinstance(whole, list) else [whole]:
            value = json.dumps(at({"body": json.dumps(one)}, claim["pointer"])) if one else ""
            if value in seen:
                return f"{claim['pointer']}: {value} is shown by two sessions"
            seen.update([value] if value else [])
    return ""


def _too_many(claim: dict[str, Any], answers: list[dict[str, Any]]) -> str:
    views = [at(answers[place], "/customerSession") for place in claim["steps"]]
    found = sum(
        isinstance(view, dict)
        and view.get("state") == "closed"
        and claim["coupon"] in (view.get("couponCodes") or [])
        for view in views
    )
    if found <= claim["limit"]:
        return ""
    return f"{found} closed sessions hold {claim['coupon']!r}; its limit is {claim['limit']}"


_ABOUT_ALL = {
    "explained": _unexplained,
    "consistent": _inconsistent,
    "distinct": _repeated,
    "at most": _too_many,
}


def _changed(claim: dict[str, Any], answers: list[dict[str, Any]], place: int, found: Any) -> str:
    """What is wrong with a value that must be as it was shown last."""
    session = answers[place]["session"]
    earlier = [one for one in answers[:place] if one["session"] == session and not one["dry"]]
    shown = [value for one in earlier if (value := at(one, claim["pointer"])) is not MISSING]
    if not shown or (holds(shown[-1], found) and holds(found, shown[-1])):
        return ""
    known = shown[-1]
    tolerance = claim.get("tolerance", 0.0)
    both = is_number(known) and is_number(found)
    if both and abs(known - found) <= tolerance * max(abs(known), abs(found)):
        return ""
    if claim.get("may_grow") and isinstance(found, str) and found >= known:
        return ""
    return f"expected it as before: {json.dumps(known)}"


def at(answer: dict[str, Any], pointer: str) -> Any:
    """The value that a JSON Pointer leads to; MISSING where there is none, or no JSON."""
    try:
        value = json.loads(answer["body"])
    except (ValueError, RecursionError):
        return MISSING
    for name in pointer.split("/")[1:]:
        part = name.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            return MISSING
    return value


def holds(expected: Any, found: Any) -> bool:
    """Whether ``found`` is ``expected``, with more members in objects at most."""
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
    return value is MISSING or value is None or value in ("", [], {})


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def type_of(value: Any) -> str:
    """The JSON type of a value."""
    if value is MISSING:
        return "missing"
    if is_number(value):
        return "number"
    names = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return names[type(value)]
