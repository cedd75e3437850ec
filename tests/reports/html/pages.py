"""Pages of runs made by hand, and what HTML parsers read in them."""

from __future__ import annotations

from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

import msgspec

from cartfuzz.analysis import RunState, reproducers_of, summary_of
from cartfuzz.contract import MARK, Operation, Scenario, Update
from cartfuzz.record import (
    Discrepancy,
    Event,
    Exchange,
    Holds,
    Kind,
    Observation,
    RunFinished,
    StopReason,
    signature_of,
)
from cartfuzz.reports.html import run_page

from ...record.events import scenario_run, started

HOSTILE = (
    "<script>window.pwned = 1</script>",
    "</script><script>window.pwned = 2</script>",
    "</code></pre></details><img src=x onerror='window.pwned = 3'>",
    '" onmouseover="window.pwned = 4" autofocus onfocus="window.pwned = 5" x="',
    "<a href='javascript:window.pwned = 6'>click</a>",
    "<svg onload='window.pwned = 7'>",
    "]]><!--<style>*{display:none}</style>",
    "{{ 7 * 7 }}{% raw %}",
    "\x1b[31mred\x1b]0;title\x07\x00\x08\r",
    "\u202egnissim\u202c \u2066x\u2069 \u200b",
    "\ud800 alone \udfff",
    "a" * 100_000,
)
"""What a target may answer."""


def page_of(events: Iterable[Event]) -> str:
    """The page of a run."""
    state = RunState.of(events)
    return run_page(summary_of(state), reproducers_of(state), Path("/runs/one"))


def found(
    number: int, *, text: str = "", kind: Kind = Kind.VIOLATION, rule: str = "CART-02"
) -> Discrepancy:
    """A discrepancy with ``text`` wherever a target's text can be; another number, another bug."""
    identity = {"check": "status", "operation": "update", "outcome": "accepted"}
    return Discrepancy(
        signature=signature_of(rule=rule, situation=f"update: {number}", **identity),
        kind=kind,
        rule=rule,
        check="status",
        operation=Operation.UPDATE,
        situation=f"update: {number}",
        outcome="accepted",
        title=f"update {number}: accepted {text}",
        expected=f"a refusal {text}",
        found=f"200 {text}",
        step=0,
        claim=Holds(pointer="/customerSession/state", value="cancelled"),
    )


def run_with(*discrepancies: Discrepancy, text: str = "", scenarios: int = 1) -> list[Event]:
    """The events of a run whose scenarios showed ``discrepancies``."""
    body = {"customerSession": {"profileId": text, "state": "closed", "identifiers": [text] * 9}}
    scenario = Scenario(title=text, sessions=(text[:40] + MARK,), steps=(Update(body=body),))
    answer = msgspec.json.encode(
        {
            "customerSession": {
                "state": "open",
                "profileId": text.encode("utf-8", "replace").decode(),
            }
        }
    ).decode()
    exchange = Exchange(
        step=0, method="PUT", target="/v2/customer_sessions/1", status=200, answer=answer
    )
    runs = [
        scenario_run(
            number,
            title=text,
            scenario=scenario,
            exchanges=(exchange,),
            discrepancies=discrepancies if number == 0 else (),
            observations=(
                Observation(
                    rule="STATE-U1", situation=f"update {text}", outcome=f"answered {text}"
                ),
            ),
            inconclusive=(f"no answer: {text}",) if text else (),
            reached={"endpoint update": 1, "CART-02 refuse": 1},
            boundaries={"cart items 1001": 1},
            sent={"update": 1},
            transitions={
                "open update closed accept accepted": 3,
                "cancelled update open refuse accepted": 1,
            },
        )
        for number in range(scenarios)
    ]
    return [started(), *runs, RunFinished(seconds=1.0, reason=StopReason.COMPLETED, detail=text)]


class Tags(HTMLParser):
    """The elements of a page, with the attributes of each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes one element."""
        self.elements.append((tag, dict(attrs)))

    def of(self, *names: str) -> list[dict[str, str | None]]:
        """The attributes of each element with one of these names."""
        return [attributes for tag, attributes in self.elements if tag in names]
