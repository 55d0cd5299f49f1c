"""No more mail: a page with a button, and the one click of a mail program (SPEC Q1, RFC 8058)."""

from __future__ import annotations

from datetime import date
from time import process_time

import pytest

from tests.web_links import TODAY, invited, patients
from tests.web_site import Site

ONE_CLICK = "List-Unsubscribe=One-Click"
IN_PARTS = '--zk\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--zk--\r\n'


@pytest.fixture(scope="module")
def people_to_ask(site: Site) -> list[str]:
    return patients(site.registry, 12)


@pytest.fixture
def patient(people_to_ask: list[str]) -> str:
    """A patient whom no other test has."""
    return people_to_ask.pop()


@pytest.fixture
def link(site: Site, patient: str) -> str:
    return invited(site.registry, patient)["stop"]


def stopped(site: Site, patient: str) -> object:
    return site.rows("SELECT mail_stopped_on FROM patient WHERE id = ?", patient)[0][0]


def test_the_button_stops_all_mail_and_looking_does_not(site: Site, patient: str, link: str) -> None:
    page = site.get(f"{link}?lang=en")
    assert page.status == 200
    assert "Send me no more mails" in page.text
    assert stopped(site, patient) is None
    answer = site.post(f"{link}?lang=en", {"action": "stop"})
    assert (answer.status, answer.headers["location"]) == (303, f"{link}?lang=en")
    assert "You will get no more mails from us" in site.get(f"{link}?lang=en").text
    assert stopped(site, patient) == TODAY.isoformat()
    assert site.post(link, {"action": "stop"}).status == 303  # twice is once


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/x-www-form-urlencoded", ONE_CLICK), ("multipart/form-data; boundary=zk", IN_PARTS)],
)
def test_rfc_8058_one_click_of_a_mail_program_stops_without_a_page(
    site: Site, patient: str, link: str, kind: str, body: str
) -> None:
    answer = site.ask("POST", link, body, Content_Type=kind)
    assert (answer.status, answer.text) == (200, "")
    assert "location" not in answer.headers
    assert stopped(site, patient) == TODAY.isoformat()


@pytest.mark.parametrize(
    "told",
    [
        {"Origin": "moz-extension://1b2c"},
        {"Origin": "https://webmail.example", "Sec_Fetch_Site": "cross-site"},
    ],
)
def test_a_mail_program_that_works_in_a_browser_stops_too(
    site: Site, patient: str, link: str, told: dict[str, str]
) -> None:
    """RFC 8058: the link in the mail vouches; whoever reads mail in a browser says no more mail from another place."""
    kind = "application/x-www-form-urlencoded"
    assert site.ask("POST", link, ONE_CLICK, Content_Type=kind, **told).status == 200
    assert stopped(site, patient) == TODAY.isoformat()


def test_what_looks_like_one_click_without_end_holds_nobody_up(site: Site, link: str) -> None:
    for body in ("content-disposition:" * 3_200, 'content-disposition: name="list-unsubscribe"\r\n' * 1_400):
        since = process_time()
        assert site.ask("POST", link, body, Content_Type="multipart/form-data; boundary=zk").status == 303
        assert process_time() - since < 0.5


def test_another_site_cannot_press_the_button(site: Site, patient: str, link: str) -> None:
    assert site.post(link, {"action": "stop"}, Sec_Fetch_Site="cross-site").status == 403
    plain = {"Content_Type": "application/x-www-form-urlencoded"}
    assert site.ask("POST", link, "action=stop", Origin="https://evil.example", **plain).status == 403
    assert stopped(site, patient) is None


def test_a_link_that_expired_says_whom_to_tell(site: Site, patient: str) -> None:
    link = invited(site.registry, patient, until=date(2026, 1, 1))["stop"]
    for page in (site.get(f"{link}?lang=en"), site.post(f"{link}?lang=en", {"action": "stop"})):
        assert page.status == 410
        assert "Do you want no more mails? Tell us" in page.text
    assert stopped(site, patient) is None


def test_the_questionnaire_that_lies_there_may_still_be_filled_in(site: Site, patient: str) -> None:
    links = invited(site.registry, patient)
    site.post(links["stop"], {"action": "stop"})
    assert site.get(links["prom"]).status == 200
