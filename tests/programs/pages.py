"""A person at a browser in front of our pages: with or without scripts, by mouse or keyboard, on a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from tests.web_site import Site

PHONE = {"width": 360, "height": 740}
SMALLEST = {"width": 320, "height": 600}
DESK = {"width": 1280, "height": 900}
# A page refused for a fault of its reader is told so by its status, which the console repeats.
_STATUS = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


@contextmanager
def visiting(browser: Browser, site: Site, **how: Any) -> Iterator[Page]:
    """A page of a browser that knows nothing yet. At the end it has asked nobody but us, and complained of nothing."""
    base = f"http://127.0.0.1:{site.port}"
    context = browser.new_context(base_url=base, **{"viewport": PHONE, "locale": "nl-NL", **how})
    strangers: list[str] = []
    said: list[str] = []

    def watch(route: Route) -> None:
        if route.request.url.startswith(base + "/"):
            route.continue_()
        else:
            strangers.append(route.request.url)
            route.abort()

    context.route("**/*", watch)
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda each: said.append(each.text))
    page.on("pageerror", lambda each: said.append(str(each)))
    try:
        yield page
        assert strangers == []
        assert [each for each in said if not _STATUS.match(each)] == []
    finally:
        context.close()


def press(page: Page, action: str) -> None:
    """Press the button of a form, and wait for what comes."""
    with page.expect_navigation():
        page.click(f'button[name="action"][value="{action}"]')


def faults(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe finds wrong with the page as it is now; with names of rules, by these alone."""
    found = Axe().run(page, options={"runOnly": rules} if rules else None).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


def overflow(page: Page) -> int:
    """Pixels that the page is wider than the window."""
    found = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return int(found)


def too_small(page: Page) -> list[str]:
    """What is to be hit with a finger and is less than 24 pixels high or wide (WCAG 2.5.8); inline links aside."""
    return list(
        page.evaluate(
            """() => [...document.querySelectorAll('button, label.choice, input[type=text], nav a, .summary a')]
            .filter((each) => { const box = each.getBoundingClientRect(); return box.height < 24 || box.width < 24; })
            .map((each) => each.outerHTML.slice(0, 100))"""
        )
    )


def code_of(site: Site) -> str:
    """The code in the newest mail of the folder."""
    mails = sorted((site.folder / "home" / "outbox").glob("*.eml"), key=lambda each: each.stat().st_mtime_ns)
    body = message_from_bytes(mails[-1].read_bytes(), policy=policy.default).get_body(("plain",))
    assert body is not None
    found = re.search(r"\b\d{6}\b", body.get_content())
    assert found is not None
    return found[0]
