"""Writes the first configuration file of a user: what was answered, and the rest as comments."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping

import msgspec

from ..contract import ContractVersion
from .reference import TABLES, Key, keys_of_table, toml_value

SCHEMA_FILE = "cartfuzz.schema.json"
"""The JSON Schema for editors, in the folder of the configuration file."""
_WIDTH = 78
_HEAD = """\
# Configuration of Cartfuzz. `cartfuzz check` tests it against the target,
# `cartfuzz config show` shows what counts. No secret belongs in this file.
"""
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "target": (
        "url",
        "allow_hosts",
        "rps",
        "api_key_env",
        "api_key_file",
        "api_key_keyring",
        "traffic",
        "max_requests",
        "give_up_after",
    ),
    "run": ("duration", "baseline", "report"),
    "environment": (
        "contract",
        "since",
        "flattening",
        "unknown_codes",
        "code_case",
        "session_attributes",
        "item_attributes",
        "additional_costs",
    ),
}
"""The keys that the file has, with a value or as a comment; the reference has all."""
_EXAMPLES: Mapping[str, str] = {
    "api_key_file": '"api.key"',
    "since": '"26.03"',
    "rps": "20",
}
_TAIL = """\
# The campaigns that test the rules of coupons, referrals and budgets.
#
# [[environment.coupons]]
# code = "FUZZ-{n}"
# from = 1
# to = 5000
# limit = 2

# Rules whose violations shall fail no run, with the reason.
#
# [rules]
# CART-02 = { level = "observe", reason = "SHOP-8" }
"""


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What a user knows of the target; None or empty: left as a comment.

    The fields are keys of ``[target]`` and ``[environment]``.
    """

    url: str | None = None
    allow_hosts: tuple[str, ...] = ()
    rps: float | None = None
    contract: ContractVersion = ContractVersion.V2_5_1
    flattening: bool = False
    api_key_env: str | None = None
    api_key_file: str | None = None
    api_key_keyring: str | None = None


def initial_text(answers: Answers, *, schema: str = "") -> str:
    """The file for ``answers``.

    Args:
        answers: of the user.
        schema: the path of the JSON Schema as seen from the file, for editors; empty: none.
    """
    given = {name: value for name, value in msgspec.structs.asdict(answers).items() if value}
    if answers.contract is not ContractVersion.CURRENT:  # there it is always on
        given["flattening"] = answers.flattening
    lines = [f"#:schema {schema}", ""] if schema else []
    lines.append(_HEAD)
    for table, names in _SHOWN.items():
        lines.append(f"[{table}]")
        keys = {key.name: key for key in keys_of_table(table, TABLES[table])}
        for name in names:
            lines.extend(_key_lines(keys[name], given))
            lines.append("")
    lines.append(_TAIL)
    return "\n".join(lines)


def _key_lines(key: Key, given: Mapping[str, object]) -> Iterator[str]:
    text = key.about.text.replace("`", "")
    if key.name not in given:
        text += f" Default: {key.default_words.replace('`', '')}."
    yield from textwrap.wrap(
        text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_long_words=False
    )
    if key.name in given:
        yield f"{key.name} = {toml_value(given[key.name])}"
    else:
        yield f"# {key.name} = {_example(key)}"


def _example(key: Key) -> str:
    own = _EXAMPLES.get(key.name) or key.about.example
    return own or (key.default_words.strip("`") if key.default is None else toml_value(key.default))
