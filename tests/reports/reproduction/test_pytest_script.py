"""``test_reproduce.py``: a complete module of Python for each way of sending."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections import Counter

import pytest

from cartfuzz.contract import ContractVersion, Cut, catalogue
from cartfuzz.record import StatusIn
from cartfuzz.reports.reproduction import ArtefactRequest
from cartfuzz.reports.reproduction.pytest_script import pytest_script

from .examples import artefact, found, request

REFUSED = StatusIn(statuses=(400,))
WAYS = {
    "plain": (request(),),
    "raw": (request(cut=Cut.BODY),),
    "repeated": (request(target="/s-{n}", repetitions=3),),
    "both": (request(cut=Cut.BODY), request(target="/s-{n}", repetitions=3)),
}


def script_of(*requests: ArtefactRequest) -> str:
    """The script of an artefact with ``requests``."""
    return pytest_script(artefact(REFUSED, requests=requests))


@pytest.mark.parametrize("way", WAYS)
def test_every_name_is_defined_once(way: str) -> None:
    """Nothing that a copied module needs is missing, and no two parts define the same name."""
    text = script_of(*WAYS[way])
    body = ast.parse(text).body
    defined = Counter(
        node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)
    )
    assert [name for name, count in defined.items() if count > 1] == []
    module = symtable.symtable(text, "test_reproduce.py", "exec")
    known = {symbol.get_name() for symbol in module.get_symbols() if symbol.is_assigned()}
    known |= {symbol.get_name() for symbol in module.get_symbols() if symbol.is_imported()}
    known |= set(defined) | set(vars(builtins))
    assert _globals_of(module) - known == set()


def _globals_of(table: symtable.SymbolTable) -> set[str]:
    """The global names that a module and its functions use."""
    names = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
    return names.union(*(_globals_of(child) for child in table.get_children()))


def test_hostile_content_is_python() -> None:
    """Titles, targets, headers and bodies stay text."""
    tree = ast.parse(pytest_script(artefact(REFUSED)).encode("utf-8", "backslashreplace"))
    assert next(node.name for node in tree.body if isinstance(node, ast.FunctionDef)) == (
        "test_reproduce"
    )


def test_the_docstring_gives_rule_and_discrepancy() -> None:
    """Each on its own line."""
    rule = catalogue(ContractVersion.V2_5_1)["CART-02"]
    shown = artefact(REFUSED, rule=rule, discrepancy=found(REFUSED, title='one "odd" title'))
    lines = (ast.get_docstring(ast.parse(pytest_script(shown))) or "").splitlines()
    assert lines[0] == f"CART-02: {rule.statement}"
    assert lines[2] == f"Found: one 'odd' title ({shown.discrepancy.signature})"


def test_each_way_of_sending_is_dispatched() -> None:
    """To raw sockets, to many sessions, or to requests."""
    assert "send_raw(" not in script_of(*WAYS["plain"])
    both = script_of(*WAYS["both"])
    assert "('cut in the body', [0])," in both
    assert "('3 times', [1])," in both
    assert both.index('mode.endswith(" times")') < both.index('mode != "one by one"')
