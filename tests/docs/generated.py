"""The pages that are made from the rule catalogue: ``python -m tests.docs.generated``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from cartfuzz.contract import ContractVersion, Demand, Rule, Sureness, catalogue

DOCS = Path(__file__).parents[2] / "docs"
_MADE = (
    "<!-- Made by `make pages` from the rule catalogue, contract/data/rules.toml. "
    "Do not edit this page. -->"
)
_TITLES = {
    "STATE": "States",
    "CART": "Carts",
    "MERGE": "What an update keeps, replaces and clears",
    "IDENT": "Identifiers",
    "COST": "Additional costs",
    "ATTR": "Attributes",
    "DRY": "Dry runs",
    "RESP": "Answers",
    "RET": "Returns",
    "IDEM": "Idempotency",
    "AUTH": "Access",
    "ERR": "Errors",
    "PAR": "Parallel requests",
    "EFF": "Effects",
    "COUP": "Coupons",
    "DISC": "Discounts",
    "REF": "Referrals",
    "BUDG": "Budgets",
    "LOY": "Loyalty points",
}
"""The heading of each family of rules, by the first part of its IDs."""

Versions: TypeAlias = Mapping[ContractVersion, Rule]
"""One rule in each contract version that has it."""


def rules() -> tuple[Versions, ...]:
    """Every rule of the catalogue, in the order of the families, then of the catalogue."""
    found: dict[str, dict[ContractVersion, Rule]] = {}
    for version in ContractVersion:
        for rule in catalogue(version).values():
            found.setdefault(rule.id, {})[version] = rule
    order = list(_TITLES)
    return tuple(sorted(found.values(), key=lambda versions: order.index(_family(versions))))


def rules_page() -> str:
    """The reference of all rules."""
    counts = " and ".join(
        f"{len(catalogue(version))} in {version.value}" for version in ContractVersion
    )
    lines = [
        "# The rules",
        "",
        _MADE,
        "",
        f"There are {counts}. `cartfuzz explain RULE` shows what a rule accepts and refuses,",
        "and the seeded faults that break it. [The oracle](oracle.md) explains how it is judged.",
    ]
    for title, members in _families(rules()):
        lines += [
            "",
            f"## {title}",
            "",
            "| rule | statement, and its source | demands | sure | contract |",
        ]
        lines += ["| --- | --- | --- | --- | --- |"]
        lines += [_row(versions) for versions in members]
    return "\n".join(lines) + "\n"


def silences_page() -> str:
    """The list of the silent places."""
    silent = tuple(versions for versions in rules() if _silent_in(versions))
    lines = [
        "# Where the contract is silent",
        "",
        _MADE,
        "",
        "The contract leaves these questions open. Cartfuzz asks them, and records the answer as",
        "an observation: `cartfuzz run --observations` prints it. Whatever a target does there is",
        "never a violation. It must only keep to it: two outcomes of one situation in one run are",
        "a contradiction, and that is reported.",
        "",
        "A rule can be certain and still leave a part of its matter open. Such situations are",
        "observations too; they have the ID of that rule.",
    ]
    for title, members in _families(silent):
        lines += [
            "",
            f"## {title}",
            "",
            "| rule | what is open, and what the text has | contract |",
        ]
        lines += ["| --- | --- | --- |"]
        lines += [_silent_row(versions) for versions in members]
    return "\n".join(lines) + "\n"


PAGES = {"rules.md": rules_page, "silences.md": silences_page}
"""What makes each page, by the name of the page."""


def _families(chosen: tuple[Versions, ...]) -> Iterator[tuple[str, Iterator[Versions]]]:
    for family, members in groupby(chosen, key=_family):
        yield _TITLES[family], members


def _family(versions: Versions) -> str:
    return next(iter(versions.values())).id.partition("-")[0]


def _row(versions: Versions) -> str:
    rule = next(iter(versions.values()))
    demands = ", ".join(demand.value for demand in rule.demands if demand is not Demand.NOTHING)
    if rule.statuses:
        demands += f" ({'/'.join(map(str, rule.statuses))})"
    statement = f"{rule.statement}<br>*{rule.source}*"
    cells = (rule.id, statement, demands, _sure(versions), _has(versions))
    return f"| {' | '.join(map(_cell, cells))} |"


def _silent_row(versions: Versions) -> str:
    rule = next(iter(versions.values()))
    cells = (rule.id, f"{rule.statement}<br>*{rule.source}*", _silent_in(versions))
    return f"| {' | '.join(map(_cell, cells))} |"


def _sure(versions: Versions) -> str:
    sure = {version: rule.sureness.value for version, rule in versions.items()}
    if len(set(sure.values())) == 1:
        return next(iter(sure.values()))
    return ", ".join(f"{word} in {version.value}" for version, word in sure.items())


def _has(versions: Versions) -> str:
    if set(versions) == set(ContractVersion):
        return "both"
    ((version, rule),) = versions.items()
    return f"{version.value}, from {rule.since}" if rule.since else version.value


def _silent_in(versions: Versions) -> str:
    """The versions in which the rule is silent, in words; empty: in none."""
    silent = [v for v, rule in versions.items() if rule.sureness is Sureness.SILENT]
    if set(silent) == set(ContractVersion):
        return "both"
    return ", ".join(version.value for version in silent)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), "utf-8")
