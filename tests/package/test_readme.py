"""README's Python examples run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_readme_has_examples() -> None:
    """A campaign, a judged exchange and a strategy are shown."""
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_run(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each example runs, and one that judges names the rule that is broken."""
    namespace: dict[str, object] = {"__name__": "readme"}
    exec(compile(example, "README.md", "exec"), namespace)  # noqa: S102 - our own page
    for name, value in namespace.items():
        if name.startswith("test_") and callable(value):
            value()
    printed = capsys.readouterr().out
    if "print(" in example:
        assert re.search(r"^STATE-0\d ", printed, re.MULTILINE), printed
