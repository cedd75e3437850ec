"""The HTML report in Chromium: it works for everybody, and no target gets anything executed."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from cartfuzz.cli import main

from .conftest import Open
from .hostile_target import hostile_target
from .pages import HOSTILE, found, page_of, run_with

OPEN_ALL = "for (const one of document.querySelectorAll('details')) one.open = true"
OPEN_SOME = """
const seen = new Map();
for (const one of document.querySelectorAll('details')) {
  const section = one.closest('main > section');
  seen.set(section, (seen.get(section) || 0) + 1);
  one.open = seen.get(section) <= 12;
}
"""
"""A dozen of each section: more of the same shows nothing new, and axe-core is slow."""
_SEVERE = ("serious", "critical")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a real run with three faults, in the folder of the run."""
    folder = tmp_path_factory.mktemp("report")
    faults = ("accepts-one-item-too-many", "opens-cancelled-sessions", "shows-stack-traces")
    options = [part for fault in faults for part in ("--sandbox-fault", fault)]
    bounds = ["--requests", "250", "--seed", "3", "--report-dir", str(folder)]
    assert main(["run", *options, *bounds, "--report", "html"]) == 1
    return folder / "report.html"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with a hundred discrepancies of two rules, full of hostile texts."""
    path = tmp_path_factory.mktemp("many") / "report.html"
    bugs = [
        found(number, text=HOSTILE[number % len(HOSTILE)], rule=("CART-02", "CART-04")[number % 2])
        for number in range(100)
    ]
    path.write_text(page_of(run_with(*bugs, text="".join(HOSTILE[:-1]))), "utf-8")
    return path


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert isinstance(width, int)
    return width


def severe(page: Page) -> list[str]:
    """What axe-core finds serious or critical."""
    violations = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in violations
        if one["impact"] in _SEVERE
        for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(report: Path, open_page: Open, scheme: str) -> None:
    """axe-core finds no serious problem in either scheme, where each section is unfolded."""
    page = open_page(report, scheme=scheme)
    page.evaluate(OPEN_SOME)
    assert severe(page) == []


@pytest.mark.parametrize("name", ["report", "many"])
def test_a_phone_shows_it(name: str, open_page: Open, request: pytest.FixtureRequest) -> None:
    """At 360 pixels nothing is wider than the page, folded and unfolded."""
    page = open_page(request.getfixturevalue(name), width=360)
    assert overflow(page) <= 0
    page.evaluate(OPEN_ALL)
    assert overflow(page) <= 0


def test_the_scheme_can_be_changed(report: Path, open_page: Open) -> None:
    """The button changes the colours whatever the system prefers, and its name is what it does."""
    page = open_page(report, scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(background)
    page.get_by_role("button", name="Light colours").click()
    assert page.evaluate(background) != before
    page.get_by_role("button", name="Dark colours").click()
    assert page.evaluate(background) == before


def test_the_filter(many: Path, open_page: Open) -> None:
    """Text, kind and rule narrow the list together, and the address keeps them."""
    page, bug = open_page(many), found(7, rule="CART-04")
    shown = page.locator("#cards > details:visible")
    assert shown.count() == 100
    page.get_by_label("Rule", exact=True).select_option("CART-04")
    assert shown.count() == 50
    page.get_by_label("Text", exact=True).fill(f"accepted {bug.signature}")
    assert shown.count() == 1
    assert page.locator("#filter-count").text_content() == "1 of 100"
    page.get_by_label("Kind", exact=True).select_option("violation")
    page.get_by_label("Text", exact=True).fill("no such text")
    assert shown.count() == 0
    assert page.get_by_text("No discrepancy matches the filter.").is_visible()
    page.reload()
    assert page.get_by_label("Text", exact=True).input_value() == "no such text"
    assert shown.count() == 0


def test_a_link_to_a_card_leads_there_again(many: Path, open_page: Open) -> None:
    """It opens a card that was closed since, clears a filter that hides it, and takes the focus."""
    page = open_page(many)
    card = page.locator("#cards > [data-card]").nth(3)
    name = card.get_attribute("id")
    page.evaluate(
        """name => {
          const link = document.createElement('a');
          link.href = '#' + name;
          link.textContent = 'to the card';
          document.querySelector('h1').after(link);
        }""",
        name,
    )
    link = page.get_by_role("link", name="to the card")
    focused = "document.activeElement.parentElement.id"
    link.click()
    expect(card).to_have_attribute("open", "")
    assert page.evaluate(focused) == name
    card.evaluate("card => { card.open = false }")
    link.click()
    expect(card).to_have_attribute("open", "")
    assert page.evaluate(focused) == name
    page.get_by_label("Text", exact=True).fill("no card has this")
    assert not card.is_visible()
    link.click()
    expect(card).to_be_visible()
    assert page.get_by_label("Text", exact=True).input_value() == ""
    assert "text=" not in page.url


def test_an_address_that_is_none_leads_nowhere(report: Path, open_page: Open) -> None:
    """Nothing is thrown, and the page goes on."""
    page = open_page(report)
    page.evaluate("location.hash = '#%E0%A4%A'")
    page.get_by_label("Text", exact=True).fill("no card has this")
    assert page.get_by_text("No discrepancy matches the filter.").is_visible()


def test_the_mark_of_a_request_stays_with_its_sign(report: Path, open_page: Open) -> None:
    """On a phone, too, it is one line."""
    page = open_page(report, width=360)
    page.evaluate(OPEN_ALL)
    marks = page.locator(".blame")
    lines = marks.evaluate_all("all => all.map(one => one.getClientRects().length)")
    assert lines
    assert set(lines) == {1}


def test_scripts_are_copied_whole(report: Path, open_page: Open) -> None:
    """Each button copies the very script that the folder of the discrepancy holds."""
    page = open_page(report)
    page.evaluate(OPEN_ALL)
    buttons = page.locator("button[data-copy$='-curl'], button[data-copy$='-pytest']")
    assert buttons.count() >= 4
    for index in range(buttons.count()):
        button = buttons.nth(index)
        button.click()
        expect(page.locator("#announcement")).to_have_text("Copied")
        page.evaluate("document.getElementById('announcement').textContent = ''")
        signature, _, tool = (button.get_attribute("data-copy") or "").rpartition("-")
        name = {"curl": "reproduce.sh", "pytest": "test_reproduce.py"}[tool]
        expected = (report.parent / "discrepancies" / signature / name).read_text("utf-8")
        assert page.evaluate("navigator.clipboard.readText()") == expected


def test_the_text_for_a_ticket_is_the_explanation(report: Path, open_page: Open) -> None:
    """It is that of the folder of the discrepancy."""
    page = open_page(report)
    page.evaluate(OPEN_ALL)
    button = page.locator("button[data-copy$='-ticket']").first
    button.click()
    expect(page.locator("#announcement")).to_have_text("Copied")
    signature = (button.get_attribute("data-copy") or "").removesuffix("-ticket")
    explained = (report.parent / "discrepancies" / signature / "explain.md").read_text("utf-8")
    assert page.evaluate("navigator.clipboard.readText()").strip() == explained.strip()


def test_the_keyboard_reaches_everything(report: Path, open_page: Open) -> None:
    """The first stop skips to the report; a card opens by Enter; a link unfolds its target."""
    page = open_page(report)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    card = page.locator("#cards > details").first
    card.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert card.get_attribute("open") is not None
    last = page.locator("#cards > details").last
    page.evaluate("id => { location.hash = id }", last.get_attribute("id"))
    expect(last).to_have_attribute("open", "")


def test_all_can_be_read_without_javascript(report: Path, browser: Browser) -> None:
    """Cards unfold, and what needs a script is not there."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    card = page.locator("#cards > details").first
    card.locator("summary").first.click()
    expect(card.locator(".contrast")).to_be_visible()
    for name in ("#theme", ".filter", "button[data-copy]"):
        expect(page.locator(name).first).to_be_hidden()
    context.close()


def test_paper_shows_the_cards(report: Path, open_page: Open) -> None:
    """Printed are the open cards, without what only a screen can use."""
    page = open_page(report)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("#cards .contrast").first.is_visible()
    assert not page.locator("#theme").is_visible()
    assert not page.locator(".contents").is_visible()


def test_hostile_texts_execute_nothing(many: Path, open_page: Open) -> None:
    """Scripts, event handlers, links, style sheets, escapes: all are text that can be read."""
    page = open_page(many)
    page.evaluate(OPEN_ALL)
    page.mouse.move(400, 400)
    assert page.evaluate("window.pwned") is None
    assert page.title().startswith("FAILED")
    text = page.locator("#cards").inner_text()
    for shown in ("<script>window.pwned = 1</script>", "\\x1b[31mred", "\\u202egnissim", "\\ud800"):
        assert shown in text
    assert page.locator("main a:not([href^='#']), main img, main iframe").count() == 0


def test_a_hostile_target_breaks_nothing(
    tmp_path: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page of a real run against a target whose every answer is an attack: nothing executes
    and nothing overflows."""
    monkeypatch.setenv("CARTFUZZ_API_KEY", "a-key")
    with hostile_target() as url:
        bounds = [
            "--requests",
            "120",
            "--seed",
            "1",
            "--no-minimise",
            "--report-dir",
            str(tmp_path),
        ]
        assert main(["run", url, *bounds, "--report", "html"]) != 0
    path = tmp_path / "report.html"
    assert path.stat().st_size < 3_000_000
    page = open_page(path, width=360)
    page.evaluate(OPEN_ALL)
    assert page.evaluate("window.pwned") is None
    assert page.locator("#cards > details").count() > 0
    assert "pwned" in page.locator("#cards").inner_text()
    assert overflow(page) <= 0
