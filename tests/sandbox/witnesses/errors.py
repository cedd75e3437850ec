"""Lists the witnesses of faults of refusals, credentials and required fields."""

from __future__ import annotations

from ..steps import KEY, get, item, put, put_body, return_items, return_line

WRONG_KEY = "ApiKey-v1 wrong"
REFUSED_UPDATE = put(cartItems=[item(quantity=0)])

WITNESSES = {
    "fails-on-emoji-in-coupons": (put(couponCodes=["\U0001f600"]),),
    "fails-on-large-quantities": (put(cartItems=[item(quantity=40_000)]),),
    "fails-on-empty-attributes": (put(attributes={}),),
    "fails-on-list-bodies": (put_body([]),),
    "fails-on-missing-positions": (
        put(state="closed", cartItems=[item()]),
        return_items(return_line(1)),
    ),
    "fails-on-right-to-left-ids": (put("\u202etxt"),),
    "answers-errors-in-html": (REFUSED_UPDATE,),
    "answers-missing-sessions-with-nothing": (get("missing"),),
    "forgets-the-message": (REFUSED_UPDATE,),
    "answers-errors-with-200": (REFUSED_UPDATE,),
    "answers-invalid-bodies-with-422": (REFUSED_UPDATE,),
    "shows-stack-traces": (REFUSED_UPDATE,),
    "shows-its-queries": (get("missing"),),
    "repeats-the-key": (get(key=f"Basic {KEY}"),),
    "reads-need-no-key": (put(), get(key="")),
    "returns-need-no-key": (
        put(state="closed", cartItems=[item()]),
        return_items(return_line(0), key=""),
    ),
    "takes-any-key": (put(key=WRONG_KEY),),
    "ignores-the-scheme": (put(key=f"Bearer {KEY}"),),
    "applies-before-checking-the-key": (put(key=WRONG_KEY), get()),
    "answers-unknown-sessions-with-200": (get("missing"),),
    "creates-sessions-on-reads": (get("missing"),),
    "forgets-first-session": (put(),),
    "forgets-created-coupons": (put(),),
    "writes-totals-as-text": (put(),),
    "never-shows-the-session": (put(),),
    "takes-bodies-without-session": (put_body({}),),
    "stores-items-while-validating": (
        put(),
        put(identifiers=["trace"], cartItems=[item(quantity=0)]),
        get(),
    ),
}
