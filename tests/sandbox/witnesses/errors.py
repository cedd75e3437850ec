"""Errors, credentials and the shape of answers."""

from __future__ import annotations

from ..steps import KEY, at, get, give, item, put, raw

WRONG = "ApiKey-v1 wrong"
REFUSED = put(cartItems=[item(quantity=0)])

WITNESSES = {
    "fails-on-emoji-in-coupons": (put(couponCodes=["\U0001f600"]),),
    "fails-on-large-quantities": (put(cartItems=[item(quantity=40_000)]),),
    "fails-on-empty-attributes": (put(attributes={}),),
    "fails-on-list-bodies": (raw([]),),
    "fails-on-missing-positions": (put(state="closed", cartItems=[item()]), give(at(1))),
    "fails-on-right-to-left-ids": (put("\u202etxt"),),
    "answers-errors-in-html": (REFUSED,),
    "answers-missing-sessions-with-nothing": (get("missing"),),
    "forgets-the-message": (REFUSED,),
    "answers-errors-with-200": (REFUSED,),
    "answers-invalid-bodies-with-422": (REFUSED,),
    "shows-stack-traces": (REFUSED,),
    "shows-its-queries": (get("missing"),),
    "repeats-the-key": (get(key=f"Basic {KEY}"),),
    "reads-need-no-key": (put(), get(key="")),
    "returns-need-no-key": (put(state="closed", cartItems=[item()]), give(at(0), key="")),
    "takes-any-key": (put(key=WRONG),),
    "ignores-the-scheme": (put(key=f"Bearer {KEY}"),),
    "applies-before-checking-the-key": (put(key=WRONG), get()),
    "answers-unknown-sessions-with-200": (get("missing"),),
    "creates-sessions-on-reads": (get("missing"),),
    "forgets-first-session": (put(),),
    "forgets-created-coupons": (put(),),
    "writes-totals-as-text": (put(),),
    "never-shows-the-session": (put(),),
    "takes-bodies-without-session": (raw({}),),
    "stores-items-while-validating": (
        put(),
        put(identifiers=["trace"], cartItems=[item(quantity=0)]),
        get(),
    ),
}
