"""Mutants of a module: cosmic-ray's small mistakes, as source and as code objects.

A mutant whose change is inside functions needs no new import: `changed_functions` gives the code
objects to exchange.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from inspect import CO_OPTIMIZED
from pathlib import Path
from types import CodeType

import msgspec
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

_ANNOTATIONS = "_BitOr_"
"""Mutants of ``X | Y``: nearly all are in annotations, which nothing evaluates."""


class Mutation(msgspec.Struct, frozen=True):
    """One small mistake: the ``occurrence``-th place in ``module`` that ``operator`` changes."""

    module: str
    """The path, from the root of the project."""
    operator: str
    occurrence: int
    line: int


def mutations(root: Path, module: str) -> Iterator[Mutation]:
    """All mistakes that can be made in a module."""
    nodes = list(ast_nodes(get_ast((root / module).read_text("utf-8"))))
    for name in sorted(operator_names()):
        if _ANNOTATIONS in name or get_operator(name).arguments():
            continue
        operator = get_operator(name)()
        positions = (start for node in nodes for start, _ in operator.mutation_positions(node))
        for occurrence, (line, _) in enumerate(positions):
            yield Mutation(module=module, operator=name, occurrence=occurrence, line=line)


def mutated(source: str, mutation: Mutation) -> str | None:
    """``source`` with the mistake; None where it would change no code or is no Python."""
    after = mutate_code(source, get_operator(mutation.operator)(), mutation.occurrence)
    if after is None:
        return None
    try:
        changed = changed_functions(compiled(source, ""), compiled(after, ""))
    except SyntaxError:
        return None
    return None if changed == [] else str(after)


def compiled(source: str, filename: str) -> CodeType:
    with warnings.catch_warnings():
        # Some mutants ask whether a literal ``is`` something.
        warnings.simplefilter("ignore", SyntaxWarning)
        return compile(source, filename, "exec", dont_inherit=True)


def changed_functions(before: CodeType, after: CodeType) -> list[tuple[CodeType, CodeType]] | None:
    """The functions of modules and classes that differ, before and after.

    None where the code differs outside functions: it runs when the module is imported.
    """
    if _own(before) != _own(after):
        return None
    changed: list[tuple[CodeType, CodeType]] = []
    for old, new in zip(_nested(before), _nested(after), strict=True):
        if old.co_flags & CO_OPTIMIZED:
            changed += [] if _same(old, new) else [(old, new)]
            continue
        inner = changed_functions(old, new)
        if inner is None:
            return None
        changed += inner
    return changed


def _same(old: CodeType, new: CodeType) -> bool:
    pairs = zip(_nested(old), _nested(new), strict=True)
    return _own(old) == _own(new) and all(_same(*pair) for pair in pairs)


def _nested(code: CodeType) -> list[CodeType]:
    return [value for value in code.co_consts if isinstance(value, CodeType)]


def _own(code: CodeType) -> tuple[object, ...]:
    """What ``code`` does itself: no lines, and of the code within it the names alone."""
    return (
        code.co_code,
        # The text, since 1 == True == 1.0.
        [
            value.co_qualname if isinstance(value, CodeType) else repr(value)
            for value in code.co_consts
        ],
        (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars),
        (code.co_flags, code.co_argcount, code.co_kwonlyargcount, code.co_posonlyargcount),
        code.co_exceptiontable,
    )
