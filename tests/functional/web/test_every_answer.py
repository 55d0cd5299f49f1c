"""What holds for every answer of the pages: headers, methods, limits, no link in a text or a log (decision 0045)."""

from __future__ import annotations

import logging
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from time import monotonic

import pytest

from msreg.web import pages_questions
from msreg.web import serving as server_module
from msreg.web.limits import Limits
from tests.web_links import GOOD, asked, invited, notifier, patients
from tests.web_site import Answer, Site, serving

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
NO_TOKEN = "A" * 22


@pytest.fixture(scope="module")
def links(site: Site) -> dict[str, str]:
    """One link of each kind."""
    who = patients(site.registry, 1)[0]
    return {**invited(site.registry, who), **asked(site.registry, *notifier(site.registry))}


def hardened(answer: Answer) -> None:
    """What a browser is told with everything."""
    head = answer.headers
    assert head["content-security-policy"] == POLICY
    assert head["referrer-policy"] == "no-referrer"
    assert head["x-content-type-options"] == "nosniff"
    assert head["cross-origin-opener-policy"] == "same-origin"
    assert head["cross-origin-embedder-policy"] == "require-corp"
    assert head["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in head["permissions-policy"]
    assert head["x-robots-tag"].startswith("noindex")
    assert "server" not in head
    assert len(head.get_all("content-security-policy")) == 1


def answers(site: Site, links: dict[str, str]) -> Iterator[tuple[str, int, Answer]]:
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    for name, path in links.items():
        yield f"{name} page", 200, site.get(path)
        yield f"{name} head", 200, site.ask("HEAD", path)
        yield f"{name} form of no kind", 415, site.ask("POST", path, "{}", Content_Type="application/json")
        yield f"{name} too much", 413, site.ask("POST", path, "a" * 70_000, **form)
        yield f"{name} another method", 405, site.ask("PUT", path, "")
        yield f"{name} bytes", 400, site.ask("POST", path, b"a=\xff", **form)
        yield f"{name} twice the same", 400, site.ask("POST", path, "a=1&a=2", **form)
        yield (
            f"{name} many fields",
            400,
            site.ask("POST", path, "&".join(f"a{n}=1" for n in range(200)), **form),
        )
        yield f"{name} elsewhere", 403, site.post(path, {}, Sec_Fetch_Site="cross-site")
    yield "start", 200, site.get("/")
    yield "robots", 200, site.get("/robots.txt")
    yield "health", 200, site.get("/health")
    yield "health post", 405, site.ask("POST", "/health", "")
    yield "icon", 204, site.get("/favicon.ico")
    yield "style", 200, site.get(style(site))
    yield "no style", 404, site.get("/static/web.000000000000.css")
    yield "no file", 404, site.get("/static/..%2f..%2fpyproject.toml")
    yield "no page", 404, site.get("/admin")
    yield "no link", 404, site.get(f"/q/{NO_TOKEN}")
    yield "no token", 404, site.get("/q/x")
    yield "a slash more", 404, site.get(f"{links['prom']}/")
    yield "long path", 414, site.get("/q/" + "a" * 300)
    yield "long query", 414, site.get("/?" + "a" * 300)
    yield "other name", 421, site.get("/", Host="evil.example")
    yield "options", 405, site.ask("OPTIONS", "/")


def style(site: Site) -> str:
    found = re.search(r'href="(/static/web\.[0-9a-f]{12}\.css)"', site.get("/").text)
    assert found is not None
    return found[1]


def test_every_answer_has_the_headers_and_no_link_in_it(
    site: Site, links: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = [path.rpartition("/")[2] for path in links.values()]
    for name, status, answer in answers(site, links):
        assert answer.status == status, name
        hardened(answer)
        kept = answer.headers["cache-control"]
        assert kept == "no-store" or name in ("style", "icon"), name
        assert not any(token in answer.text for token in tokens), name
        assert "Traceback" not in answer.text, name
        assert NO_TOKEN not in answer.text, name
        if status >= 400:
            assert "<h1>" in answer.text or name.endswith("head"), name
    assert not any(token in caplog.text for token in tokens)
    assert NO_TOKEN not in caplog.text
    assert "GET /q/… 200" in caplog.text


def test_what_is_no_request_gets_the_headers_too(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.port)) as line:
        line.sendall(b"GARBAGE\r\n\r\n")
        found = line.makefile("rb").read().decode()
    assert found.startswith("HTTP/1.1 400 ")
    assert POLICY in found
    assert "no-store" in found


def test_robots_are_sent_away(site: Site) -> None:
    assert site.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_the_style_is_kept_for_ever_under_a_name_that_changes_with_it(site: Site) -> None:
    name = style(site)
    first = site.get(name)
    assert first.headers["cache-control"] == "public, max-age=31536000, immutable"
    again = site.get(name, If_None_Match=first.headers["etag"])
    assert (again.status, again.text) == (304, "")


@pytest.mark.parametrize(
    ("asked_for", "words"), [("en-GB,en;q=0.9", "en"), ("de,nl;q=0.5", "nl"), ("", "nl"), ("fr", "nl")]
)
def test_who_is_unknown_reads_the_language_of_the_browser(site: Site, asked_for: str, words: str) -> None:
    assert f'<html lang="{words}">' in site.get("/nothing", Accept_Language=asked_for).text


def test_a_form_is_taken_from_our_own_pages_alone(site: Site, links: dict[str, str]) -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    own = f"http://127.0.0.1:{site.port}"
    for expected, headers in (
        (303, {"Origin": own}),
        (303, {"Origin": "null"}),  # a page without referrer says so where the browser knows no better way
        (303, {}),
        (303, {"Sec_Fetch_Site": "same-origin", "Origin": "null"}),
        (403, {"Origin": "https://evil.example"}),
        (403, {"Origin": f"https://127.0.0.1:{site.port}"}),
        (403, {"Sec_Fetch_Site": "same-site"}),
        (403, {"Sec_Fetch_Site": "cross-site", "Origin": own}),
    ):
        answer = site.ask("POST", links["prom"], "mobility=1&action=save", **form, **headers)
        assert answer.status == expected, headers


def test_unknown_links_are_limited_by_address_and_known_ones_come_back(site: Site) -> None:
    settings = site.registry.settings
    known = invited(site.registry, patients(site.registry, 2)[1])["prom"]
    with serving(settings) as port:
        own = replace(site, port=port, jar={})
        for _each in range(10):
            assert own.get(f"/q/{NO_TOKEN}").status == 404
        refused = own.get(f"/q/{NO_TOKEN}")
        assert refused.status == 429
        assert 1 <= int(refused.headers["retry-after"]) <= 6
        hardened(refused)
        assert own.get(known).status == 429
        # What a proxy on this machine says of its client is believed.
        assert own.get(known, X_Forwarded_For="203.0.113.7").status == 200


def test_pages_are_limited_by_link_for_each_is_a_row_of_the_log(site: Site) -> None:
    link = invited(site.registry, patients(site.registry, 4)[3])["prom"]
    most = Limits().looks.pace.tries
    statuses = [site.get(link).status for _each in range(most + 5)]
    assert statuses[:most] == [200] * most
    assert 429 in statuses[most:]
    assert site.post(link, {"mobility": "1", "action": "keep"}).status == 200


def test_forms_are_limited_by_link(site: Site) -> None:
    link = invited(site.registry, patients(site.registry, 3)[2])["prom"]
    most = Limits().posts.pace.tries
    statuses = [site.post(link, {"mobility": "1", "action": "keep"}).status for _each in range(most + 5)]
    assert statuses[:most] == [200] * most
    assert 429 in statuses[most:]
    assert site.get(link).status == 200


def test_with_https_browsers_are_told_to_stay_there(site: Site) -> None:
    settings = site.registry.settings
    safe = replace(settings, web=replace(settings.web, url="https://vragen.example.org/msreg"))
    who, centre = notifier(site.registry, user="klaas")
    with serving(safe) as port:
        own = replace(site, port=port, jar={})
        links = {**invited(site.registry, patients(site.registry, 4)[3]), **asked(site.registry, who, centre)}
        page = own.get(f"/msreg{links['prom']}", Host="vragen.example.org")
        assert page.status == 200
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        assert 'href="/msreg/static/web.' in page.text
        assert (
            own.get(links["prom"], Host="vragen.example.org").status == 200
        )  # a proxy that takes the prefix off
        saved = own.post(
            f"/msreg{links['prom']}", {**GOOD, "action": "save"}, Host="vragen.example.org",
            Origin="https://vragen.example.org",
        )  # fmt: skip
        assert saved.headers["location"] == f"/msreg{links['prom']}?kept=1"
        sent = own.post(links["yes"], {"action": "code"}, Host="vragen.example.org")
        assert sent.headers["location"] == f"/msreg{links['yes']}/code"


def test_who_dawdles_is_not_waited_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_module, "_HEAD_SECONDS", 0.3)
    with serving(site.registry.settings) as port:
        for begun in (b"", b"GET / HTTP/1.1\r\nHost: localhost\r\n"):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
                line.sendall(begun)
                since = monotonic()
                assert line.recv(100) == b""
                assert monotonic() - since < 5
        own = replace(site, port=port)
        assert own.get("/health").status == 200


def test_a_fault_of_ours_is_a_calm_page(
    site: Site, links: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a value")

    monkeypatch.setattr(pages_questions, "open_questionnaire", broken)
    page = site.get(f"{links['prom']}?lang=en")
    assert page.status == 500
    assert "It is not your fault." in page.text
    hardened(page)
    assert "a value" not in page.text


def test_without_a_database_the_pages_say_so_calmly(site: Site, links: dict[str, str]) -> None:
    file = site.registry.settings.database_file
    away = file.with_name("away.db")
    with serving(site.registry.settings) as port:
        own = replace(site, port=port)
        assert own.get("/health").data() == {"status": "ok"}
        file.rename(away)
        try:
            health = own.get("/health")
            assert (health.status, health.data()) == (503, {"status": "unavailable"})
            page = own.get(f"{links['prom']}?lang=en")
            assert page.status == 503
            assert "This page does not work just now" in page.text
            assert page.headers["retry-after"]
            hardened(page)
            sent = own.post(f"{links['prom']}?lang=en", {**GOOD, "action": "send"})
            assert sent.status == 503
            assert "What you sent just now has not arrived." in sent.text
        finally:
            away.rename(file)
        assert own.get(links["prom"]).status == 200
        assert own.get("/health").status == 200
