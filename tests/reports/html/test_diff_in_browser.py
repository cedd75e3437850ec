"""The HTML of a comparison in Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from cartfuzz.analysis import Change, Comparison
from cartfuzz.cli import main
from cartfuzz.reports.html import write_diff_html

from ..comparisons import changed, compared_run, everything
from .conftest import Open
from .pages import HOSTILE
from .test_in_browser import OPEN_ALL, OPEN_SOME, overflow, severe


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of two real runs: a clean sandbox, and one with two faults."""
    folder = tmp_path_factory.mktemp("diff")
    faults = ("has-no-item-limit", "refuses-to-create-closed")
    options = [part for fault in faults for part in ("--sandbox-fault", fault)]
    for name, chosen in (("old", ["--sandbox"]), ("new", options)):
        bounds = ["--requests", "400", "--seed", "1", "-q", "--report-dir", str(folder / name)]
        main(["run", *chosen, *bounds])
    path = folder / "diff.html"
    assert main(["diff", str(folder / "old"), str(folder / "new"), "--html", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with each thing that there is, many times, full of hostile texts."""
    path = tmp_path_factory.mktemp("hostile") / "diff.html"
    write_diff_html(everything("".join(HOSTILE[:-1]), new=12), path, newer=None)
    return path


@pytest.mark.parametrize(
    ("name", "scheme"), [("real", "light"), ("real", "dark"), ("hostile", "light")]
)
def test_everybody_can_use_it(
    name: str, scheme: str, open_page: Open, request: pytest.FixtureRequest
) -> None:
    """axe-core finds no serious problem, where each section is unfolded."""
    page = open_page(request.getfixturevalue(name), scheme=scheme)
    page.evaluate(OPEN_SOME)
    assert severe(page) == []


@pytest.mark.parametrize("name", ["real", "hostile"])
def test_a_phone_shows_it(name: str, open_page: Open, request: pytest.FixtureRequest) -> None:
    """At 360 pixels nothing is wider than the page, folded and unfolded."""
    page = open_page(request.getfixturevalue(name), width=360)
    assert overflow(page) <= 0
    page.evaluate(OPEN_ALL)
    assert overflow(page) <= 0


def test_the_first_screen_has_the_answer(real: Path, open_page: Open) -> None:
    """Verdict and the names of what is new are visible without a scroll; each leads to its card."""
    page = open_page(real)
    assert page.locator("h1").inner_text().split("\n")[-1].endswith("2 new, worse")
    link = page.locator(".first-entries a").first
    box = link.bounding_box()
    assert box is not None
    assert box["y"] < 900
    link.click()
    assert page.locator("#new ~ div details").first.locator(".contrast").is_visible()


def test_a_long_rule_fits_a_phone(tmp_path: Path, open_page: Open) -> None:
    """A record may hold a rule that no catalogue has."""
    shown = Comparison.build(
        [changed(Change.NEW, rule="LONG-" * 40)],
        names=("a", "b"),
        runs=(compared_run("a"), compared_run("b")),
    )
    write_diff_html(shown, tmp_path / "diff.html", newer=None)
    page = open_page(tmp_path / "diff.html", width=360)
    wide = page.locator(".first-entries .rule-id").evaluate(
        "one => one.getBoundingClientRect().right"
    )
    assert wide <= 360


def test_commands_are_copied_as_they_are(tmp_path: Path, open_page: Open) -> None:
    """The page shows escapes; a shell needs the characters."""
    line = "cartfuzz replay 'a\u202eb' CART-02-ab"
    one = changed(Change.NEW, replay=line, curl=("curl 'a\u202eb'",))
    write_diff_html(Comparison.build([one], names=("a", "b")), tmp_path / "diff.html", newer=None)
    page = open_page(tmp_path / "diff.html")
    page.evaluate(OPEN_ALL)
    for name, expected in (("the line that replays it", line), ("the curl lines", one.curl[0])):
        page.get_by_role("button", name=f"Copy {name}").click()
        expect(page.locator("#announcement")).to_have_text("Copied")
        page.evaluate("document.getElementById('announcement').textContent = ''")
        assert page.evaluate("navigator.clipboard.readText()") == expected


def test_hostile_texts_execute_nothing(hostile: Path, open_page: Open) -> None:
    """All are text that can be read, and the filter works among them."""
    page = open_page(hostile)
    page.evaluate(OPEN_ALL)
    page.mouse.move(400, 400)
    assert page.evaluate("window.pwned") is None
    assert "<script>window.pwned = 1</script>" in page.locator("#cards").inner_text()
    page.get_by_label("Kind", exact=True).select_option("different")
    assert page.locator("#cards > details:visible").count() == 1
