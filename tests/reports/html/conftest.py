"""A real Chromium for the tests of HTML reports."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
Open = Callable[..., Page]
_TIMEOUT_MS = 120_000
"""Of a step in a page; only what hangs takes as long."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser without a window."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        reason = "no Chromium is installed (Debian: apt-get install chromium)"
        if os.environ.get("CARTFUZZ_NO_SKIP"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        # As root, which containers of CI are, Chromium has no sandbox.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a file in a new tab. At the end of the test nothing may have gone wrong in it: no
    console error, no violation of the policy, no dialog, no request but for the file."""
    wrong: list[str] = []

    def noted_message(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            wrong.append(message.text)

    def noted_dialog(dialog: Dialog) -> None:
        wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def noted_request(request: Request) -> None:
        if not request.url.startswith("file:") or request.resource_type != "document":
            wrong.append(f"request: {request.url}")

    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    context.set_default_timeout(_TIMEOUT_MS)

    def opened(path: Path, *, scheme: str = "light", width: int = 1280) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.on("console", noted_message)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", noted_dialog)
        page.on("request", noted_request)
        page.goto(path.as_uri())
        return page

    yield opened
    context.close()
    assert wrong == []
