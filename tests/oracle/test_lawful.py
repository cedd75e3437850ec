"""Lawful targets of every kind are met with silence, and their wrong neighbours are found."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cartfuzz.contract import (
    MARK,
    ContractVersion,
    Credentials,
    Cut,
    Environment,
    Fetch,
    Reopen,
    ReturnItems,
    Step,
    Update,
)
from cartfuzz.wire import Delivery, NoResponse, Response

from .histories import DATA, ENVIRONMENT, ITEM, answer, judge, ok, read, refusal, rules, update

History = list[tuple[Step, Response | NoResponse]]
Case = tuple[Environment, History]

FIRST = ENVIRONMENT
FLAT = msgspec.structs.replace(ENVIRONMENT, flattening=True)
CURRENT = msgspec.structs.replace(ENVIRONMENT, contract=ContractVersion.CURRENT)

SILENT: dict[str, Case] = {}
"""What the contract allows, in a few words, and a history that shows it."""
FOUND: dict[str, tuple[str, Case]] = {}
"""A wrong neighbour of the above, with the rule that it breaks."""


def _read_after_creation(created: Any, shown: Any, field: str = "created") -> Case:
    """A session with a time ``created`` in the answer to its creation, ``shown`` in a read."""
    return FIRST, [
        (update(DATA), ok(DATA, **{field: created})),
        (Fetch(), read(DATA, **{field: shown})),
    ]


# --- times are instants --------------------------------------------------------------------------

SILENT |= {
    f"created is {created} and {shown}": _read_after_creation(created, shown)
    for created, shown in (
        ("2026-11-27T11:10:35.423299+00:00", "2026-11-27T11:10:35.423299Z"),
        ("2026-11-27T12:10:45.090928+01:00", "2026-11-27T11:10:45.090928Z"),
        ("2026-11-27T11:10:45.100000Z", "2026-11-27T11:10:45.1Z"),
        ("2026-11-27T11:10:45.000Z", "2026-11-27t11:10:45z"),
        ("2026-11-27T11:10:45.123456789Z", "2026-11-27T11:10:45.123457Z"),
        ("2026-11-28T00:40:45-00:30", "2026-11-28T01:10:45Z"),
    )
}
SILENT["updated loses its nanoseconds"] = _read_after_creation(
    "2026-11-27T11:10:45.123456789Z", "2026-11-27T11:10:45.123456Z", "updated"
)
FOUND |= {
    f"created is {created}, then {shown}": ("RESP-07", _read_after_creation(created, shown))
    for created, shown in (
        ("2026-11-27T11:10:35.423299Z", "2026-11-27T11:10:35.423Z"),
        ("2026-11-27T11:10:35Z", "2026-11-27T11:10:35+01:00"),
        ("2026-11-27T11:10:35Z", "2026-11-27T11:10:36Z"),
    )
}
FOUND["updated goes back behind another offset"] = (
    "RESP-07",
    _read_after_creation("2026-01-01T01:00:01Z", "2026-01-01T01:30:00+01:00", "updated"),
)

# --- totals are sums of doubles ------------------------------------------------------------------

DIMES = [{"name": "a", "sku": "a", "quantity": 100, "price": 0.1}]
LARGE_AND_SMALL = [
    {"name": "a", "sku": "a", "quantity": 1, "price": price}
    for price in (99_999_999.99, *[0.01] * 99)
]
CANCELLING = [
    {"name": "a", "sku": "a", "quantity": 1, "price": price} for price in (-9e7, 0.1, 9e7)
]


def _by_unit(items: list[dict[str, Any]]) -> float:
    """The sum of doubles as a target adds them that makes an item of each unit."""
    total = 0.0
    for item in items:
        for _ in range(item["quantity"]):
            total += item["price"]
    return total


def _total(items: list[dict[str, Any]], total: float) -> Case:
    return FLAT, [(update({"cartItems": items}), ok({"cartItems": items}, **_totals(total)))]


def _totals(total: float) -> dict[str, float]:
    return {"cartItemTotal": total, "total": total}


def _reordered(total: float) -> Case:
    """Prices below zero, whose sum is open, and the same items in another order."""
    items, others = CANCELLING, CANCELLING[::-1]
    return FIRST, [
        (update({"cartItems": items}), ok({"cartItems": items}, **_totals(_by_unit(items)))),
        (update({"cartItems": others}), ok({"cartItems": others}, **_totals(total))),
    ]


SILENT |= {
    "dimes added one by one": _total(DIMES, _by_unit(DIMES)),
    "many dimes added one by one": _total(
        [{**DIMES[0], "quantity": 10_000}], _by_unit([{**DIMES[0], "quantity": 10_000}])
    ),
    "large first": _total(LARGE_AND_SMALL, _by_unit(LARGE_AND_SMALL)),
    "small first": _total(LARGE_AND_SMALL, _by_unit(LARGE_AND_SMALL[::-1])),
    "prices that cancel out in another order": _reordered(_by_unit(CANCELLING[::-1])),
}
FOUND |= {
    "dimes, one too few": ("RESP-04", _total(DIMES, 9.9)),
    "dimes, off by a thousandth of a cent": ("RESP-04", _total(DIMES, 10.00001)),
    "a small price lost": ("RESP-04", _total(LARGE_AND_SMALL, 100_000_000.97)),
    "another order, another total": ("RESP-04", _reordered(90_000_000.1)),
}

# --- the texts of errors -------------------------------------------------------------------------


def _error(text: str) -> Case:
    return FIRST, [(Fetch(), answer(404, {"message": text}))]


SILENT |= {
    f"an error: {text}": _error(text)
    for text in (
        "See /go/reference/v2.customer_sessions",
        "See /go/reference/errors.v2",
        "See /app/errors.html#sessions",
        "See https://docs.example.com/usr/lib/sessions.py",
        "See https://docs.example.com/app/errors.go?x=1",
        "The schema is at /app/openapi.yaml",
        "SELECT one value FROM the list and UPDATE the field, or SET it to null",
        "To UPDATE a session SET its state; DELETE FROM the cart what is returned",
        "INSERT INTO the cart up to 1000 items (not more)",
        "SELECT one FROM open, closed, cancelled",
        "expected a number at line 3, column 5 of the body",
    )
}
FOUND |= {
    f"an error: {text}": ("ERR-03", _error(text))
    for text in (
        "open /srv/shop/sessions/handlers.py: no such file",
        "cannot read file:///etc/promotions/db.conf",
        "panic in /go/src/shop/session.go:42",
        "key at /opt/shop/keys/server.pem",
        "SELECT * FROM customer_sessions WHERE application_id = 1: no rows",
        "SELECT id, state FROM sessions",
        "SELECT s.id AS id, s.state\nFROM sessions s",
        'SELECT "id" FROM "sessions"',
        "SELECT count(*) FROM sessions",
        "SELECT state FROM sessions",
        "SELECT state FROM sessions WHERE id = 7",
        "INSERT INTO sessions (id, state) VALUES (1, 'open')",
        "UPDATE sessions SET state = 'closed'",
        "DELETE FROM sessions WHERE id = 7",
        "pq: relation does not exist",
        "at com.shop.Sessions.get(Sessions.java:42)",
        "goroutine 7 [running]:",
    )
}

# --- the form of refusals ------------------------------------------------------------------------

KEYLESS = Fetch(credentials=Credentials.MISSING)
BAD_ITEM = update({"cartItems": [{**ITEM, "sku": ""}]})

SILENT |= {
    "401 with its status alone": (FIRST, [(KEYLESS, answer(401, {"StatusCode": 401}))]),
    "401 with an empty object": (FIRST, [(KEYLESS, answer(401, {}))]),
    "404 without a message": (FIRST, [(Fetch(), answer(404, {"errors": None}))]),
    "400 whose other members are null": (
        FIRST,
        [(BAD_ITEM, answer(400, {"message": "no", "errors": None, "StatusCode": None}))],
    ),
    "400 whose errors have nulls": (
        FIRST,
        [
            (
                BAD_ITEM,
                answer(
                    400,
                    {"message": "", "errors": [{"title": "a", "source": None, "details": None}]},
                ),
            )
        ],
    ),
}
FOUND |= {
    "400 without a message": ("ERR-01", (FIRST, [(BAD_ITEM, answer(400, {"errors": []}))])),
    "400 with a null message": ("ERR-01", (FIRST, [(BAD_ITEM, answer(400, {"message": None}))])),
    "401 with a list": ("ERR-01", (FIRST, [(KEYLESS, answer(401, []))])),
    "401 with a text": ("ERR-01", (FIRST, [(KEYLESS, answer(401, "no"))])),
    "401 whose message is a number": ("ERR-01", (FIRST, [(KEYLESS, answer(401, {"message": 5}))])),
    "404 whose errors are a text": ("ERR-01", (FIRST, [(Fetch(), answer(404, {"errors": "x"}))])),
}

# --- optional members ----------------------------------------------------------------------------

NOTHING_ASKED = Update(body={"customerSession": {}})


def _state(**members: Any) -> Response:
    """200 to an update, with these members and the required ones."""
    return answer(200, {"effects": [], "createdCoupons": [], "createdReferrals": [], **members})


UNSET: dict[str, Any] = dict.fromkeys(
    (
        "profileId",
        "couponCodes",
        "referralCode",
        "loyaltyCards",
        "cartItems",
        "additionalCosts",
        "identifiers",
        "attributes",
        "storeIntegrationId",
        "evaluableCampaignIds",
    )
)
NULL_IN_ITEM: dict[str, Any] = dict.fromkeys(
    (
        "category",
        "weight",
        "height",
        "width",
        "length",
        "attributes",
        "additionalCosts",
        "position",
        "returnedQuantity",
        "remainingQuantity",
    )
)
PLAIN = {"cartItems": [ITEM]}

SILENT |= {
    "unset members of the session are null": (
        CURRENT,
        [(update({}), ok({}, **UNSET, updateCount=1))],
    ),
    "unset members of an item are null, then left out": (
        CURRENT,
        [
            (update(PLAIN), ok({"cartItems": [ITEM | NULL_IN_ITEM]}, updateCount=1)),
            (Fetch(), read(PLAIN, updateCount=1)),
        ],
    ),
    "nobody asked for the session: null": (FIRST, [(NOTHING_ASKED, _state(customerSession=None))]),
    "nobody asked for anything: null": (
        FIRST,
        [
            (
                NOTHING_ASKED,
                _state(
                    coupons=None,
                    triggeredCampaigns=None,
                    customerProfile=None,
                    previousReturns=None,
                    **{"return": None},
                ),
            )
        ],
    ),
    "a profile without memberships": (
        FIRST,
        [(NOTHING_ASKED, _state(customerProfile={"loyaltyMemberships": None}))],
    ),
    "members of a later release": (
        CURRENT,
        [
            (
                NOTHING_ASKED,
                _state(
                    advancedEvent={},
                    achievements=[],
                    unlockedRewards=None,
                ),
            )
        ],
    ),
}
FOUND |= {
    "effects are null": ("RESP-01", (FIRST, [(NOTHING_ASKED, _state(effects=None))])),
    "created coupons are left out": (
        "RESP-01",
        (FIRST, [(NOTHING_ASKED, answer(200, {"effects": [], "createdReferrals": []}))]),
    ),
    "coupons are a text": ("RESP-01", (FIRST, [(NOTHING_ASKED, _state(coupons="none"))])),
    "the session is a list": ("RESP-01", (FIRST, [(NOTHING_ASKED, _state(customerSession=[]))])),
    "null for the session that was asked for": (
        "RESP-02",
        (FIRST, [(update({}), _state(customerSession=None))]),
    ),
    "null for a required member": ("RESP-01", (FIRST, [(update({}), ok({}, firstSession=None))])),
    "null for what was sent": (
        "IDENT-07",
        (FIRST, [(update(DATA), ok(DATA, couponCodes=None))]),
    ),
    "a text for a list": (
        "RESP-01",
        (CURRENT, [(update({}), ok({}, evaluableCampaignIds="x", updateCount=1))]),
    ),
}

# --- accepted, but not kept as it was sent -------------------------------------------------------


def _became(sent: dict[str, Any], shown: dict[str, Any], environment: Environment = FIRST) -> Case:
    """An update that is accepted, shows ``shown`` and goes on to do so."""
    count = {"updateCount": 1} if environment.contract is ContractVersion.CURRENT else {}
    return environment, [
        (update(sent), ok(shown, **count)),
        (Fetch(), read(shown, **count)),
    ]


def _once(*args: Any) -> Case:
    """The same without the read."""
    environment, history = _became(*args)
    return environment, history[:1]


def _then(case: Case, shown: dict[str, Any]) -> Case:
    """The same, and a last read that shows something else."""
    environment, history = case
    return environment, [*history, (Fetch(), read(shown))]


def _items(*items: dict[str, Any]) -> dict[str, Any]:
    return {"cartItems": list(items)}


UNHEARD = _items({**ITEM, "neverHeardOf": 1})
FREE = _items({**ITEM, "price": 0})
WITHOUT_PRICE = _items({name: value for name, value in ITEM.items() if name != "price"})
UNKNOWN_CODES = Environment()

SILENT |= {
    "an unknown property of an item is kept": _became(UNHEARD, UNHEARD),
    "an unknown property of an item is dropped": _became(UNHEARD, _items(ITEM)),
    "a price of zero is kept": _became(FREE, FREE),
    "a price of zero is left out": _became(FREE, WITHOUT_PRICE, CURRENT),
    "an empty category is left out": _became(_items({**ITEM, "category": ""}), _items(ITEM)),
    "an unknown coupon is not kept": _became(
        {"couponCodes": ["a", "b"]}, {"couponCodes": ["b"]}, UNKNOWN_CODES
    ),
    "unknown coupons are not kept": _became({"couponCodes": ["a"]}, {}, UNKNOWN_CODES),
    "an unknown card is not kept": _became({"loyaltyCards": ["a"]}, {}, UNKNOWN_CODES),
    "an unknown referral is not kept": _became(
        {"referralCode": "a"}, {"referralCode": ""}, UNKNOWN_CODES
    ),
    "NUL is cut off": _became({"profileId": "a\0b"}, {"profileId": "a"}),
    "control characters are dropped": _became({"profileId": "a\x01b"}, {"profileId": "ab"}),
    "line ends are changed": _became(
        _items({**ITEM, "name": "a\r\nb"}), _items({**ITEM, "name": "a\nb"})
    ),
    "control characters are refused": (
        FIRST,
        [(update({"identifiers": ["a\x7fb"]}), refusal()), (Fetch(), refusal(404))],
    ),
}
FOUND |= {
    "an unknown property, and later its item is gone": (
        "RESP-03",
        _then(_became(UNHEARD, _items(ITEM)), _items()),
    ),
    "an unknown property, and later the price changes": (
        "CART-11",
        _then(_became(UNHEARD, _items(ITEM)), _items({**ITEM, "price": 1})),
    ),
    "an unknown coupon is kept, then lost": (
        "RESP-03",
        _then(_became({"couponCodes": ["a"]}, {"couponCodes": ["a"]}, UNKNOWN_CODES), {}),
    ),
    "an unknown coupon, and the profile is lost": (
        "IDENT-09",
        (
            UNKNOWN_CODES,
            [(update({"couponCodes": ["a"], "profileId": "ann"}), ok({"profileId": "bob"}))],
        ),
    ),
    "a coupon that exists is not kept": ("IDENT-07", _once(DATA, {**DATA, "couponCodes": []})),
    "NUL is cut off, then the rest": (
        "RESP-03",
        _then(_became({"profileId": "a\0b"}, {"profileId": "a"}), {"profileId": "b"}),
    ),
    "a price is lost": ("CART-11", _once(_items(ITEM), WITHOUT_PRICE, CURRENT)),
    "a text without control characters is changed": (
        "CART-11",
        _once(_items({**ITEM, "name": "a b"}), _items({**ITEM, "name": "ab"})),
    ),
}

# --- limits that nobody wrote down ---------------------------------------------------------------


def _priced(price: float) -> dict[str, Any]:
    return _items({**ITEM, "price": price})


def _refused(sent: dict[str, Any], environment: Environment = FIRST, **options: Any) -> Case:
    return environment, [(update(sent, **options), refusal())]


CAMPAIGNS = {"evaluableCampaignIds": [1, 2]}
SIX = {"identifiers": list("abcdef")}
TWO_CARDS = {"loyaltyCards": ["a", "b"]}

SILENT |= {
    **{
        f"a price of {price} is refused": _refused(_priced(price))
        for price in (1e8, 99_999_999.999)
    },
    "a dimension of 1e8 is refused": _refused(_items({**ITEM, "weight": 1e8})),
    "a price of 1e8 is cut": _became(_priced(1e8), _priced(99_999_999.99)),
    "unknown campaigns are refused": _refused(CAMPAIGNS, CURRENT, dry=True),
    "of six identifiers the first are kept": _became(SIX, {"identifiers": list("abcde")}),
    "of two cards the first is kept": _became(TWO_CARDS, {"loyaltyCards": ["a"]}),
    "six identifiers are refused": _refused(SIX),
}
FOUND |= {
    "a price below 1e8 is refused": ("STATE-01", _refused(_priced(99_999_999.99))),
    "a price below 1e8 is cut": ("CART-11", _once(_priced(99_999_999.99), _priced(99_999_999))),
    "no campaigns are refused": (
        "DRY-02",
        _refused({"evaluableCampaignIds": []}, CURRENT, dry=True),
    ),
    "five identifiers are refused": ("STATE-01", _refused({"identifiers": list("abcde")})),
    "of five identifiers the first are kept": (
        "IDENT-07",
        _once({"identifiers": list("abcde")}, {"identifiers": list("abcd")}),
    ),
    "of six identifiers the first are kept, then fewer": (
        "RESP-03",
        _then(_became(SIX, {"identifiers": list("abcde")}), {"identifiers": list("abcd")}),
    ),
}

# --- a profile of the server's making ------------------------------------------------------------

OF_THE_SERVER = {"profileId": "generated-935"}
NO_PROFILE = {"identifiers": ["a"]}
WITH_SERVER = {**NO_PROFILE, **OF_THE_SERVER}

SILENT |= {
    "a session without a profile has one": _became(NO_PROFILE, WITH_SERVER),
    "it keeps it when it is updated": (
        FIRST,
        [
            (update(NO_PROFILE), ok(WITH_SERVER)),
            (update({"identifiers": ["b"]}), ok({"identifiers": ["b"], **OF_THE_SERVER})),
            (update({"profileId": "ann"}), ok({"identifiers": ["b"], "profileId": "ann"})),
        ],
    ),
}
FOUND |= {
    "another one after an update": (
        "MERGE-01",
        (
            FIRST,
            [
                (update(NO_PROFILE), ok(WITH_SERVER)),
                (update({"identifiers": ["b"]}), ok({"identifiers": ["b"], "profileId": "other"})),
            ],
        ),
    ),
    "one that comes late": (
        "RESP-03",
        (FIRST, [(update(NO_PROFILE), ok(NO_PROFILE)), (Fetch(), read(WITH_SERVER))]),
    ),
    "the empty profile becomes one": (
        "IDENT-08",
        _once({"profileId": ""}, OF_THE_SERVER),
    ),
    "that of a dry run": (
        "DRY-01",
        (
            FIRST,
            [
                (update({"profileId": "ann"}, dry=True), ok({"profileId": "ann"})),
                (update(NO_PROFILE), ok({**NO_PROFILE, "profileId": "ann"})),
            ],
        ),
    ),
}

# --- dry runs and the stored state ---------------------------------------------------------------

CREATED = (update(DATA), ok(DATA, updateCount=1))
CLOSED_DATA = {**DATA, "state": "closed"}
CLOSED = (update(CLOSED_DATA), ok(CLOSED_DATA, updateCount=1))


def _dry(state: str | None, status: int, session: Any = CLOSED, **sent: Any) -> Case:
    """A dry update of a stored session, answered with ``status``."""
    body = sent if state is None else {**sent, "state": state}
    given = ok({**DATA, **body}, updateCount=2) if status == 200 else refusal(status)
    return CURRENT, [session, (update(body, dry=True), given)]


def _dry_and_real(state: str, *, dry: int, real: int) -> Case:
    """The same update of a closed session, dry and for real."""
    environment, history = _dry(state, dry)
    shown = ok({**DATA, "state": state}, updateCount=2)
    return environment, [*history, (update({"state": state}), shown if real == 200 else refusal())]


SILENT |= {
    "a dry run opens a closed session": _dry("open", 200),
    "a dry run does not open a closed session": _dry("open", 400),
    "a dry run does not cancel an open session": _dry("cancelled", 400, CREATED),
    "a dry run does not cancel a closed session": _dry("cancelled", 400),
    "a dry run opens what an update does not": _dry_and_real("open", dry=200, real=400),
    "an update cancels what a dry run does not": _dry_and_real("cancelled", dry=400, real=200),
}
FOUND |= {
    "a dry run of an undeclared attribute on a closed session": (
        "DRY-02",
        _dry("open", 200, attributes={"neverDeclared": 1}),
    ),
    "a dry run closes no open session": ("DRY-02", _dry("closed", 400, CREATED)),
    "a dry run makes a session partially returned": ("DRY-02", _dry("partially_returned", 200)),
    "a dry run creates a cancelled session": (
        "DRY-02",
        (
            CURRENT,
            [(update({"state": "cancelled"}, dry=True), ok({"state": "cancelled"}, updateCount=1))],
        ),
    ),
    "2.5.1: a dry run opens a closed session": ("DRY-02", (FIRST, _dry("open", 200)[1])),
}

# --- the count of updates ------------------------------------------------------------------------


def _counts(*counts: int) -> Case:
    """Updates of one session, each with the count that its answer shows."""
    return CURRENT, [
        (update({"identifiers": [str(number)]}), ok({"identifiers": [str(number)]}, updateCount=n))
        for number, n in enumerate(counts)
    ]


SILENT["updates count from 1"] = _counts(1, 2, 3)
FOUND |= {
    "updates count from 0": ("RESP-08", _counts(0)),
    "updates count from 7": ("RESP-08", _counts(7)),
    "an update counts twice": ("RESP-08", _counts(1, 3)),
}

# --- reopening what was returned in part ---------------------------------------------------------


def _units(returned: int | None, remaining: int | None) -> dict[str, Any]:
    shown = {"returnedQuantity": returned, "remainingQuantity": remaining}
    return _items({**ITEM, **{name: units for name, units in shown.items() if units is not None}})


def _reopened(*views: tuple[int | None, int | None], **changes: Any) -> Case:
    """One of two units is returned, the session reopened, and read with these units."""
    body = {"return": {"returnedCartItems": [{"position": 0, "quantity": 1}]}}
    return CURRENT, [
        CLOSED,
        (ReturnItems(body=body), _state()),
        (Reopen(), answer(200, {"effects": []})),
        *(
            (Fetch(), read({**DATA, **_units(*view), **changes}, updateCount=1, **RETURNED_TOTAL))
            for view in views
        ),
    ]


RETURNED_TOTAL = _totals(21.0)
SILENT |= {
    "returned units start at 0 again": _reopened((0, 2), (0, 2)),
    "returned units are not shown any more": _reopened((None, None)),
    "returned units stay": _reopened((1, 1), (1, 1)),
    "it is closed after all": _reopened((1, 1), state="closed"),
}
FOUND |= {
    "returned units start at 0 again, but do not remain": ("RET-02", _reopened((0, 1))),
    "more units than before": ("RET-02", _reopened((2, 0))),
    "returned units start at 0 and then are back": ("RET-02", _reopened((0, 2), (1, 1))),
    "the cart is lost": ("STATE-15", _reopened((1, 1), cartItems=[])),
}

# --- responseContent of a return -----------------------------------------------------------------


def _return_asks(name: str, status: int) -> Case:
    body = {
        "return": {"returnedCartItems": [{"position": 0, "quantity": 1}]},
        "responseContent": [name],
    }
    return CURRENT, [CLOSED, (ReturnItems(body=body), _state() if status == 200 else refusal())]


SILENT |= {
    f"a return that asks for {name}, answered {status}": _return_asks(name, status)
    for name in ("awardedGiveaways", "ruleFailureReasons", "achievements")
    for status in (200, 400)
}
SILENT["a return that asks for the referral"] = _return_asks("referral", 200)
FOUND["a return that may not ask for the referral"] = ("RET-01", _return_asks("referral", 400))


# --- costs as a target shows them ----------------------------------------------------------------

PRICED = {"shipping": {"price": 5}}
TITLED = {"shipping": {"price": 5, "title": "Shipping", "currency": "EUR"}}
UNSET = {**PRICED, "handling": {"price": 0}}
OTHERS = {"handling": {"price": 2}}


def _costs(*shown: Any, then: Any = None) -> Case:
    """Costs are set, shown in these ways, and replaced by ``then`` if that is given."""
    data = {"additionalCosts": PRICED}
    totals = {"additionalCostTotal": 5, "total": 5}
    history: History = [(update(data), ok(data, **totals))]
    history += [(Fetch(), read({}, additionalCosts=costs, **totals)) for costs in shown]
    if then is not None:
        changed = Update(body={"customerSession": {"additionalCosts": OTHERS}})
        history.append((changed, answer(200, _EMPTY)))
        own = sum(cost["price"] for cost in then.values())
        totals = {"additionalCostTotal": own, "total": own}
        history += [(Fetch(), read({}, additionalCosts=then, **totals))] * 2
    return FIRST, history


_EMPTY: dict[str, Any] = {"effects": [], "createdCoupons": [], "createdReferrals": []}
SILENT |= {
    "costs have a title and a currency": _costs(TITLED, TITLED),
    "costs that are not set are free": _costs(UNSET, PRICED, UNSET),
    "costs that were left out are free": _costs(
        UNSET, then={"shipping": {"price": 0}, "handling": {"price": 2, "title": "Handling"}}
    ),
    "costs that were left out stay": _costs(TITLED, then={**TITLED, **OTHERS}),
}
FOUND |= {
    "costs are set that nobody sent": (
        "RESP-03",
        _costs({**PRICED, "handling": {"price": 1}}),
    ),
    "costs have another price": (
        "RESP-03",
        _costs({"shipping": {**TITLED["shipping"], "price": 0}}),
    ),
}

# --- cancelling what takes no data any more ------------------------------------------------------


def _cancelled(session: dict[str, Any], response: Response) -> Case:
    return FIRST, [
        (update({**DATA, "state": "closed"}), ok({**DATA, "state": "closed"})),
        (update({**session, "state": "cancelled"}), response),
    ]


SILENT |= {
    "data sent with a cancellation is refused": _cancelled({"profileId": "bob"}, refusal()),
    "data sent with a cancellation is ignored": _cancelled(
        {"profileId": "bob"}, ok({**DATA, "state": "cancelled"})
    ),
    "the same data sent with a cancellation is refused": _cancelled(DATA, refusal()),
}
FOUND |= {
    "a cancellation is refused": ("STATE-06", _cancelled({}, refusal())),
    "data sent with a cancellation is stored": (
        "STATE-13",
        _cancelled({"profileId": "bob"}, ok({**DATA, "profileId": "bob", "state": "cancelled"})),
    ),
    "a cancellation with data is ignored": (
        "STATE-06",
        _cancelled({"profileId": "bob"}, ok({**DATA, "state": "closed"})),
    ),
}

# --- what arrived in part ------------------------------------------------------------------------


def _returned_again(cut: Cut) -> Case:
    body = {"return": {"returnedCartItems": [{"position": 0, "quantity": 1}]}}
    step = ReturnItems(body=body, idempotency_key=f"key-{MARK}")
    gone = NoResponse(fate=Delivery.NOT_SENT, reason="cut")
    return CURRENT, [CLOSED, (msgspec.structs.replace(step, cut=cut), gone), (step, refusal())]


SILENT["the refusal of a part is remembered for its Idempotency-Key"] = _returned_again(Cut.BODY)


@pytest.mark.parametrize("name", SILENT)
def test_what_is_lawful_is_met_with_silence(name: str) -> None:
    """No answer of the history is a discrepancy."""
    environment, history = SILENT[name]
    found = [d for j in judge(history, environment=environment) for d in j.discrepancies]
    assert found == []


@pytest.mark.parametrize("name", FOUND)
def test_the_wrong_neighbour_is_found(name: str) -> None:
    """It is reported under the rule that it breaks, and no other."""
    rule, (environment, history) = FOUND[name]
    assert rules(judge(history, environment=environment)) == [rule]
