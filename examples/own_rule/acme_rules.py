"""Rules of Acme's shop: what its receipts must show, and the signature of its requests.

The shop offers an operation that the contract of the session API does not know:
``GET /acme/receipts/{session}``. And it takes no request without a signature.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator, Sequence
from hashlib import sha256

from hypothesis import strategies as st

from cartfuzz.plugin import (
    KEPT,
    Answer,
    Broken,
    Check,
    Demand,
    Environment,
    Near,
    OwnOperation,
    Plugin,
    Request,
    Rule,
    Scenario,
    ScenarioBuilder,
    SessionState,
    StatusIn,
    Sureness,
    Verdict,
)

# --- the operation -------------------------------------------------------------------------------

RECEIPT = OwnOperation(name="receipt", method="GET", path="/acme/receipts/{session}")

# --- the rules -----------------------------------------------------------------------------------

TOTAL = Rule(
    id="ACME-01",
    statement="The receipt of a closed session shows the total of the session.",
    demands=(Demand.SHOW,),
    sureness=Sureness.DOCUMENTED,
    source="Acme shop handbook, 4.2 Receipts",
)
NO_RECEIPT = Rule(
    id="ACME-02",
    statement="An open session has no receipt.",
    demands=(Demand.REFUSE,),
    sureness=Sureness.DOCUMENTED,
    source="Acme shop handbook, 4.1 Receipts",
    statuses=(404,),
)

# --- the checks ----------------------------------------------------------------------------------


def judge_total(answer: Answer) -> Verdict:
    """ACME-01: nothing to judge without a total that an answer of the session API has shown."""
    closed = answer.before is not None and answer.before.state is SessionState.CLOSED
    if answer.operation != RECEIPT.name or not closed or answer.shown is None:
        return None
    total, situation = answer.shown.get("total"), "receipt of a closed session"
    if not isinstance(total, int | float):
        return None
    if answer.response.status != 200 or not isinstance(answer.json, dict):
        return Broken(
            situation=situation,
            outcome=f"answered {answer.response.status}",
            expected="status 200 with a receipt",
            found=f"status {answer.response.status}",
            claim=StatusIn(statuses=(200,)),
        )
    found = answer.json.get("total")
    if isinstance(found, int | float) and abs(found - total) < 0.01:
        return KEPT
    return Broken(
        situation=situation,
        outcome="total differs",
        expected=f"total {total}, as the session shows it",
        found=f"total {found!r}",
        claim=Near(pointer="/total", values=(str(total),), tolerance="0.01"),
    )


def judge_no_receipt(answer: Answer) -> Verdict:
    """ACME-02."""
    is_open = answer.before is not None and answer.before.state is SessionState.OPEN
    if answer.operation != RECEIPT.name or not is_open:
        return None
    if answer.response.status == 404:
        return KEPT
    return Broken(
        situation="receipt of an open session",
        outcome=f"answered {answer.response.status}",
        expected="status 404",
        found=f"status {answer.response.status}",
        claim=StatusIn(statuses=(404,)),
    )


# --- what aims at them ---------------------------------------------------------------------------


def scenarios(environment: Environment) -> Iterator[Scenario]:
    """A receipt before and after the session is closed, with and without a cost of shipping."""
    for name, cart in (("plain", {}), ("costs", _costs(environment))):
        builder = ScenarioBuilder(f"receipt: {name}")
        builder.update({"cartItems": [_item(1, 10.0)], **cart})
        builder.step(RECEIPT.step(NO_RECEIPT.id))
        builder.update({"state": "closed"})
        builder.step(RECEIPT.step(TOTAL.id))
        yield builder.build()


def drawn(environment: Environment) -> st.SearchStrategy[Scenario]:
    """Receipts of closed sessions with drawn carts."""
    prices = st.integers(1, 100_000).map(lambda cents: cents / 100)
    items = st.builds(_item, st.integers(1, 20), prices)
    carts = st.lists(items, min_size=1, max_size=5)
    costs = st.sampled_from(({}, _costs(environment)))
    return st.builds(_closed, carts, costs)


def _closed(items: list[dict[str, object]], costs: dict[str, object]) -> Scenario:
    builder = ScenarioBuilder("receipt of a drawn cart")
    builder.update({"cartItems": items, **costs}).update({"state": "closed"})
    return builder.step(RECEIPT.step(TOTAL.id)).build()


def _item(quantity: int, price: float) -> dict[str, object]:
    return {"name": "Mug", "sku": "mug", "quantity": quantity, "price": price}


def _costs(environment: Environment) -> dict[str, object]:
    return {"additionalCosts": {name: {"price": 4.5} for name in environment.session_costs[:1]}}


# --- the signature -------------------------------------------------------------------------------


def signature(request: Request) -> Sequence[tuple[str, str]]:
    """The header line with which the shop's gateway knows the client."""
    key = os.environ.get("ACME_SIGNING_KEY", "").encode()
    text = f"{request.method} {request.target.partition('#')[0]}".encode()
    return [("X-Acme-Signature", hmac.new(key, text, sha256).hexdigest())]


PLUGIN = Plugin(
    name="acme",
    version="1.0.0",
    checks=(Check(rule=TOTAL, judge=judge_total), Check(rule=NO_RECEIPT, judge=judge_no_receipt)),
    scenarios=scenarios,
    drawn=drawn,
    header_lines=signature,
)
