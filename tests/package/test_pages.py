"""The pages name what exists: links, commands and their options, keys of the configuration."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cartfuzz.cli import cartfuzz
from cartfuzz.harness.configuration import read_configuration

ROOT = Path(__file__).parents[2]
PAGES = (
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    ROOT / "tests" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
)
_SHELL_OPERATORS = ("&&", "|", ">", "&", ";")


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _anchors(page: Path) -> frozenset[str]:
    """The anchors of the headings of ``page``, as GitHub and GitLab make them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return frozenset(
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings
    )


def _blocks(language: str) -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        text = page.read_text("utf-8")
        for block in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL):
            yield page, block


def _commands() -> Iterator[tuple[str, list[str]]]:
    """The page and the words of each call of ``cartfuzz`` in a console block."""
    for page, block in _blocks("console"):
        for line in block.replace("\\\n", " ").splitlines():
            if not line.startswith("$ cartfuzz "):
                continue
            words = shlex.split(line[2:], comments=True)
            ends = [words.index(one) for one in _SHELL_OPERATORS if one in words]
            yield _name(page), words[1 : min(ends, default=len(words))]


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    """A relative link leads to a file, and its anchor to a heading there."""
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), link
        assert not anchor or anchor in _anchors(target), link


@pytest.mark.parametrize(("page", "words"), list(_commands()))
def test_commands_have_these_options(page: str, words: list[str]) -> None:
    """Each command of a console block exists, with every option that it is given."""
    command: click.Command = cartfuzz
    arguments = list(words)
    while isinstance(command, click.Group):
        with click.Context(command) as context:
            name = arguments.pop(0)
            found = command.get_command(context, name)
        assert found is not None, f"{page}: {name}"
        command = found
    known = {option for parameter in command.params for option in parameter.opts}
    used = {word.partition("=")[0] for word in arguments if re.match("-+[a-z]", word)}
    assert used <= known, page


@pytest.mark.parametrize("block", [block for _, block in _blocks("toml")])
def test_configurations_are_read(block: str, tmp_path: Path) -> None:
    """Each TOML block is TOML, and each whole configuration is one that Cartfuzz takes."""
    document = tomllib.loads(block)
    if document.keys() <= {"target", "environment", "rules", "compare", "plugins"}:
        path = tmp_path / "cartfuzz.toml"
        path.write_text(block, "utf-8")
        read_configuration(path)
