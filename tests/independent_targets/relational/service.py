"""The four operations, each one transaction.

Choices where the contract is silent:

- an update without ``state`` on a session that is not open is answered 200 and overlooked; one
  that names the state which is there already is refused, except ``open`` (STATE-U1, STATE-U2);
- a cancelling update keeps none of its other data;
- coupon codes are shown in the case that the application keeps; a referral code as it was sent;
- the counters of coupons have counted the request that is answered;
- attributes and costs of the session are merged by name (MERGE-U1);
- a partially returned session may be reopened; what came back is in the cart again (STATE-U3);
- a return of everything cancels the session and gives its coupons back (RET-U1); a position twice
  in one return is refused, and so is an SKU that several lines have;
- without flattening a quantity that is not all that is left of the line is refused (RET-05);
- ``updateCount`` counts reopenings but no returns;
- a dry request runs as a real one and is rolled back, so the stored state counts, and an ID that
  it shows may be another session's later (DRY-U1, DRY-U2);
- unknown sessions are a 400; so are IDs of over 1000 characters or with NUL (IDENT-U1, IDENT-U3);
- a key is one request of the whole application, successes only; used otherwise it is a 422; it
  has 1 to 255 characters.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable

from .configuration import Bug, Configuration
from .database import transaction
from .notation import write
from .promotions import Promotions
from .rows import Change, RejectedError, read_change, read_return
from .views import View, moment

_DAY = 24 * 60 * 60
Answer = dict[str, object]


class Service:
    """The API over one connection."""

    def __init__(self, db: sqlite3.Connection, configuration: Configuration) -> None:
        self._db = db
        self._configuration = configuration
        self._promotions = Promotions(db, configuration)
        self._tears = False

    def read(self, integration_id: str) -> str:
        """The answer of a GET."""
        with transaction(self._db, "DEFERRED"):
            session = self._existing(integration_id)["session_id"]
            effects = self._promotions.standing(session)
            return write({"customerSession": self._view(session).session(), "effects": effects})

    def update(self, integration_id: str, body: object, dry: bool, key: str | None) -> str:
        """Create a session or change it."""
        change, asked = read_change(body, self._configuration, dry)
        bug = self._configuration.bug
        # The slip of many a service: what is read here is old when the transaction begins.
        early = self._find(integration_id)

        def work() -> Answer:
            row = self._find(integration_id)
            if bug is Bug.NO_TRANSACTION and early is not None:
                row = early
            if bug is Bug.INSERT_RACE:
                row = self._find(integration_id) if early is not None else None
            # A dry request has to end as a whole.
            self._tears = bug is Bug.CART_TORN and not dry
            return self._updated(integration_id, row, change, asked)

        return self._keyed("update", integration_id, key, work, body=body, dry=dry)

    def give_back(self, integration_id: str, body: object, dry: bool, key: str | None) -> str:
        """Return items."""
        lines, asked = read_return(body, self._configuration)

        def work() -> Answer:
            row = self._existing(integration_id)
            if row["status"] not in ("closed", "partially_returned"):
                raise RejectedError("Nothing can be returned to this session in its present state")
            return self._given_back(row["session_id"], lines, asked)

        return self._keyed("return", integration_id, key, work, body=body, dry=dry)

    def reopen(self, integration_id: str, key: str | None) -> str:
        """Open a closed session."""

        def work() -> Answer:
            row = self._existing(integration_id)
            if row["status"] not in ("closed", "partially_returned"):
                raise RejectedError("Only a closed session can be reopened")
            session = row["session_id"]
            effects = self._promotions.roll_back(session, closed=True)
            self._db.execute("UPDATE items SET came_back = 0 WHERE session_id = ?", (session,))
            self._db.execute("DELETE FROM returns WHERE session_id = ?", (session,))
            self._db.execute(
                "UPDATE sessions SET status = 'open', revision = revision + 1, updated = ?"
                " WHERE session_id = ?",
                (int(time.time()), session),
            )
            return {"effects": effects}

        return self._keyed("reopen", integration_id, key, work)

    def _keyed(
        self,
        operation: str,
        integration_id: str,
        key: str | None,
        work: Callable[[], Answer],
        *,
        body: object = None,
        dry: bool = False,
    ) -> str:
        """The answer of the work, or of the request that had the key before."""
        keyed = key is not None and not dry and self._configuration.newest
        request = f"{operation}\n{integration_id}\n{write(body)}"
        digest = hashlib.sha256(request.encode()).hexdigest()
        if keyed and not 1 <= len(key or "") <= 255:
            raise RejectedError("Idempotency-Key has to have 1 to 255 characters")
        with transaction(self._db, keep=not dry):
            if keyed and (former := self._former(key)) is not None:
                if former["request"] != digest:
                    raise RejectedError("Idempotency-Key belongs to another request", 422)
                return str(former["answer"])
            answer = write(work())
            lost = self._configuration.bug is Bug.RETURN_KEY_LOST and operation == "return"
            if keyed and not lost:
                row = (key, digest, answer, int(time.time()))
                self._db.execute("INSERT OR REPLACE INTO idempotency_keys VALUES (?, ?, ?, ?)", row)
            return answer

    def _former(self, key: str | None) -> sqlite3.Row | None:
        query = "SELECT * FROM idempotency_keys WHERE key = ? AND moment > ?"
        row: sqlite3.Row | None = self._db.execute(query, (key, int(time.time()) - _DAY)).fetchone()
        return row

    def _find(self, integration_id: str) -> sqlite3.Row | None:
        if len(integration_id) > 1000 or "\0" in integration_id:
            raise RejectedError("The session ID is not supported")
        query = "SELECT * FROM sessions WHERE integration_id = ?"
        row: sqlite3.Row | None = self._db.execute(query, (integration_id,)).fetchone()
        return row

    def _existing(self, integration_id: str) -> sqlite3.Row:
        row = self._find(integration_id)
        if row is None:
            raise RejectedError("The session does not exist")
        return row

    def _view(self, session: int) -> View:
        return View(self._db, session, self._configuration.newest)

    def _updated(
        self, integration_id: str, row: sqlite3.Row | None, change: Change, asked: frozenset[str]
    ) -> Answer:
        former = row["status"] if row else None
        if former not in (None, "open") and change.status is None:
            session = row["session_id"] if row else 0
            return self._answer(session, self._promotions.standing(session), asked)
        status = change.status or "open"
        if not _is_move(former, status):
            raise RejectedError(f"A session cannot become {status} when it is {former or 'new'}")
        session = row["session_id"] if row else self._inserted(integration_id)
        if status == "cancelled":
            effects = self._promotions.roll_back(session, closed=former != "open")
            self._touch(session, row, status)
            return self._answer(session, effects, asked)
        self._touch(session, row, status, change)
        self._store_parts(session, change)
        checkout = self._view(session).checkout(closes=status == "closed")
        return self._answer(session, self._promotions.evaluate(checkout), asked)

    def _inserted(self, integration_id: str) -> int:
        now = int(time.time())
        cursor = self._db.execute(
            "INSERT INTO sessions (integration_id, status, created, updated)"
            " VALUES (?, 'open', ?, ?)",
            (integration_id, now, now),
        )
        return int(cursor.lastrowid or 0)

    def _touch(
        self, session: int, row: sqlite3.Row | None, status: str, change: Change | None = None
    ) -> None:
        """Write the columns of the session: what was sent, else what was read before."""
        sent = {
            "profile_id": change.profile if change else None,
            "referral": change.referral if change else None,
            "store": change.store if change else None,
            "experiments": None
            if change is None or change.experiments is None
            else write(change.experiments),
        }
        values = [
            value if value is not None or row is None else row[name] for name, value in sent.items()
        ]
        revision = (row["revision"] if row else 0) + 1
        self._db.execute(
            "UPDATE sessions SET profile_id = ?, referral = ?, store = ?, experiments = ?,"
            " status = ?, revision = ?, updated = ? WHERE session_id = ?",
            (*values, status, revision, int(time.time()), session),
        )
        if values[0]:
            self._db.execute("INSERT OR IGNORE INTO profiles VALUES (?, ?)", (values[0], session))

    def _store_parts(self, session: int, change: Change) -> None:
        for kind, values in change.lists.items():
            self._db.execute("DELETE FROM codes WHERE session_id = ? AND kind = ?", (session, kind))
            kept = self._kept if kind == "couponCodes" else str
            rows = [(session, kind, at, kept(value)) for at, value in enumerate(values)]
            self._db.executemany("INSERT INTO codes VALUES (?, ?, ?, ?)", rows)
        costs = [(session, -1, name, str(price)) for name, price in change.costs.items()]
        attributes = [(session, -1, name, write(v)) for name, v in change.attributes.items()]
        if change.lines is not None:
            for table in ("items", "costs", "attributes"):
                query = f"DELETE FROM {table} WHERE session_id = ? AND place >= 0"  # noqa: S608
                self._db.execute(query, (session,))
            self._pause_in_cart()
            items = []
            for place, line in enumerate(change.lines):
                items.append((session, place, *line.columns))
                costs += [(session, place, name, str(p)) for name, p in line.costs.items()]
                attributes += [(session, place, n, write(v)) for n, v in line.attributes.items()]
            self._db.executemany(
                "INSERT OR REPLACE INTO items (session_id, place, name, sku, quantity, price,"
                " category, weight, height, width, length, product)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                items,
            )
        self._db.executemany("INSERT OR REPLACE INTO costs VALUES (?, ?, ?, ?)", costs)
        self._db.executemany("INSERT OR REPLACE INTO attributes VALUES (?, ?, ?, ?)", attributes)

    def _kept(self, code: object) -> str:
        """A code in the case that the application keeps."""
        text, case = str(code), self._configuration.kept_case
        return text.upper() if case == "upper" else text.lower() if case == "lower" else text

    def _pause_in_cart(self) -> None:
        """With its bug the transaction ends here, and another begins for what is inserted."""
        if self._tears:
            self._db.execute("COMMIT")
            self._db.execute("BEGIN IMMEDIATE")

    def _given_back(
        self,
        session: int,
        lines: list[tuple[int | None, str | None, int | None]],
        asked: frozenset[str],
    ) -> Answer:
        query = "SELECT * FROM items WHERE session_id = ? ORDER BY place"
        items = self._db.execute(query, (session,)).fetchall()
        now = int(time.time())
        places: set[int] = set()
        effects: list[dict[str, object]] = []
        for position, sku, quantity in lines:
            item = _line_of(items, position, sku)
            left = item["quantity"] - item["came_back"]
            units = left if quantity is None else quantity
            parts = self._configuration.newest or self._configuration.flattening
            if item["place"] in places or not 0 < units <= left or (units != left and not parts):
                raise RejectedError("This cannot be returned")
            places.add(item["place"])
            effects += self._promotions.give_back(session, item["place"], range(left - units, left))
            self._db.execute(
                "UPDATE items SET came_back = came_back + ? WHERE session_id = ? AND place = ?",
                (units, session, item["place"]),
            )
            row = (session, item["place"], units, now)
            self._db.execute(
                "INSERT INTO returns (session_id, place, quantity, moment) VALUES (?, ?, ?, ?)", row
            )
        query = "SELECT sum(quantity - came_back) AS left FROM items WHERE session_id = ?"
        whole = self._db.execute(query, (session,)).fetchone()["left"] == 0
        if whole:
            effects += self._promotions.roll_back(session, closed=True)
        status = "cancelled" if whole else "partially_returned"
        query = "UPDATE sessions SET status = ?, updated = ? WHERE session_id = ?"
        self._db.execute(query, (status, now, session))
        return self._answer(session, effects, asked)

    def _answer(
        self, session: int, effects: list[dict[str, object]], asked: frozenset[str]
    ) -> Answer:
        view = self._view(session)
        answer: Answer = {
            "customerSession": view.session(),
            "effects": effects,
            "createdCoupons": [],
            "createdReferrals": [],
        }
        return answer | {"coupons": self._coupons(view)} if "coupons" in asked else answer

    def _coupons(self, view: View) -> list[object]:
        """The known coupons that the session holds, with their counters."""
        texts = view.checkout(closes=False).coupons
        claims = [self._promotions.claim("coupon", text) for text in texts]
        return [
            {
                "id": claim.code_id,
                "created": moment(0),
                "campaignId": claim.offer.campaign_number,
                "value": claim.text,
                "usageCounter": self._promotions.uses(claim),
                "usageLimit": claim.offer.limit,
            }
            for claim in claims
            if claim is not None
        ]


def _is_move(former: str | None, status: str) -> bool:
    moves = {
        None: ("open", "closed"),
        "open": ("open", "closed", "cancelled"),
        "closed": ("cancelled",),
        "partially_returned": ("cancelled",),
    }
    return status in moves.get(former, ())


def _line_of(items: list[sqlite3.Row], position: int | None, sku: str | None) -> sqlite3.Row:
    found = [
        item
        for item in items
        if (position is None or item["place"] == position) and (sku is None or item["sku"] == sku)
    ]
    if len(found) != 1:
        raise RejectedError("The returned item does not name one line of the cart")
    return found[0]
