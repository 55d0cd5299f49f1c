"""The month question (SPEC N2): "no" is recorded by a POST and can be taken back, "yes" leads to a new case."""

from __future__ import annotations

import re
from datetime import date
from email import message_from_bytes, policy
from html import unescape
from itertools import count

import pytest

from msreg.rules.case_months import month_after
from tests.web_links import asked, notifier
from tests.web_site import Answer, Site

MONTHS = count()


@pytest.fixture(scope="module")
def janneke(site: Site) -> tuple[str, str]:
    return notifier(site.registry, language="en")


@pytest.fixture
def month() -> str:
    """A month that no other test answers."""
    return month_after("2026-11", -(next(MONTHS) % 11))


@pytest.fixture
def links(site: Site, janneke: tuple[str, str], month: str) -> dict[str, str]:
    site.jar.clear()
    with site.registry.light() as db:
        db.execute("DELETE FROM null_report")
    return asked(site.registry, *janneke, month=month)


def null_reports(site: Site, month: str) -> list[tuple[object, ...]]:
    return site.rows("SELECT user, undone_by FROM null_report WHERE month = ?", month)


def code_of(site: Site) -> str:
    """The code in the newest mail of the folder."""
    mails = sorted((site.folder / "home" / "outbox").glob("*.eml"), key=lambda each: each.stat().st_mtime_ns)
    body = message_from_bytes(mails[-1].read_bytes(), policy=policy.default).get_body(("plain",))
    assert body is not None
    found = re.search(r"\b\d{6}\b", body.get_content())
    assert found is not None
    return found[0]


def entered(site: Site, link: str) -> str:
    """Go by a code to the form of a case; gives its path."""
    assert site.post(link, {"action": "code"}).headers["location"] == f"{link}/code"
    answer = site.post(f"{link}/code", {"code": code_of(site), "action": "enter"})
    assert (answer.status, answer.headers["location"]) == (303, f"{link}/case")
    return answer.headers["location"]


def hidden(page: Answer) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))


def test_n2_no_is_recorded_by_a_post_and_twice_is_once(site: Site, links: dict[str, str], month: str) -> None:
    page = site.get(links["no"])
    assert page.status == 200
    assert "<form" in page.text
    assert "data-once" in page.text
    assert not null_reports(site, month)
    for _each in range(2):
        answer = site.post(links["no"], {"action": "no"})
        assert (answer.status, answer.headers["location"]) == (303, f"{links['no']}?done=no")
    assert null_reports(site, month) == [("janneke", None)]
    page = site.get(links["no"])
    assert "Recorded: no case in" in page.text
    assert "data-once" not in page.text
    assert "<script" not in page.text


def test_n2_no_can_be_taken_back_and_does_not_record_itself_again(
    site: Site, links: dict[str, str], month: str
) -> None:
    site.post(links["no"], {"action": "no"})
    answer = site.post(links["no"], {"action": "back"})
    assert answer.headers["location"] == f"{links['no']}?done=back"
    page = site.get(answer.headers["location"])
    assert "Taken back" in page.text
    assert "data-once" not in page.text
    assert null_reports(site, month) == []
    site.post(links["no"], {"action": "no"})
    assert null_reports(site, month) == [("janneke", None)]


def test_n2_another_language_does_not_record_again_what_was_taken_back(
    site: Site, links: dict[str, str], month: str
) -> None:
    site.post(links["no"], {"action": "no"})
    back = site.post(links["no"], {"action": "back"}).headers["location"]
    other = re.search(r'<a href="([^"]+)" lang="nl"', site.get(back).text)
    assert other is not None
    page = site.get(links["no"] + unescape(other[1]))
    assert '<html lang="nl">' in page.text
    assert "Teruggenomen" in page.text
    assert "data-once" not in page.text
    assert null_reports(site, month) == []


def test_n2_yes_leads_by_a_mailed_code_to_a_case_with_a_number(
    site: Site, links: dict[str, str], month: str
) -> None:
    site.post(links["no"], {"action": "no"})
    page = site.get(links["yes"])
    assert "Mail me a code" in page.text
    form = entered(site, links["yes"])
    page = site.get(form)
    assert page.text.count('name="theme"') == 6
    assert 'name="event_date"' not in page.text
    page = site.post(form, {**hidden(page), "theme": "embolisation", "action": "next"})
    assert page.status == 200
    assert 'name="event_date"' in page.text
    assert 'name="delivery_date"' not in page.text
    asked_next = {**hidden(page), "theme": "embolisation", "event_date": f"05-{month[5:]}-{month[:4]}"}
    page = site.post(form, {**asked_next, "pregnancy_ended": "yes", "action": "report"})
    assert (page.status, 'name="delivery_date"' in page.text) == (200, True)
    assert not site.rows("SELECT 1 FROM notification")
    whole = {**asked_next, **hidden(page), "pregnancy_ended": "yes", "delivery_date": f"{month}-04"}
    done = site.post(form, {**whole, "action": "report"})
    assert done.status == 200
    number = re.search(r"The case is reported as (NC-\d{4}-\d{4})", done.text)
    assert number is not None
    assert f"msreg cases upload {number[1]}" in done.text
    assert "That is undone." in done.text
    assert site.rows("SELECT month, theme FROM notification") == [(month, "embolisation")]
    again = site.post(form, {**whole, "action": "report"})
    assert again.status == 410
    assert "This case was reported already" in again.text
    assert len(site.rows("SELECT 1 FROM notification")) == 1
    assert f"There is a case for {_words(month)}" in site.get(links["no"]).text
    site.post(links["no"], {"action": "no"})
    assert all(row[1] is not None for row in null_reports(site, month))


def _words(month: str) -> str:
    names = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    return f"{names[int(month[5:]) - 1]} {month[:4]}"


def test_the_session_is_a_cookie_for_its_pages_alone(site: Site, links: dict[str, str]) -> None:
    site.post(links["yes"], {"action": "code"})
    answer = site.post(f"{links['yes']}/code", {"code": code_of(site), "action": "enter"})
    cookie = answer.headers["set-cookie"]
    assert re.fullmatch(rf"case=[\w-]{{22}}; HttpOnly; Path={links['yes']}; SameSite=strict", cookie)


def test_a_wrong_code_tells_how_often_one_may_try(site: Site, links: dict[str, str]) -> None:
    site.post(links["yes"], {"action": "code"})
    wrong = f"{(int(code_of(site)) + 1) % 10**6:06d}"
    page = site.post(f"{links['yes']}/code", {"code": wrong, "action": "enter"})
    assert page.status == 422
    assert "This is not the code." in page.text
    assert "You can try 4 more times." in page.text
    assert f'action="{links["yes"]}/code"' in page.text
    page = site.post(f"{links['yes']}/code", {"code": "12 34", "action": "enter"})
    assert "A code has six digits." in page.text
    assert not site.jar


def test_without_the_mark_of_its_form_nothing_is_reported(site: Site, links: dict[str, str]) -> None:
    form = entered(site, links["yes"])
    page = site.get(form)
    fields = {
        **hidden(page),
        "theme": "relaparotomy",
        "shown": "theme patient_number event_date caesarean_date",
    }
    before = site.rows("SELECT count(*) FROM notification")
    assert site.post(form, {**fields, "mark": "", "action": "report"}).status == 403
    assert site.post(form, {**fields, "mark": "a" * 64, "action": "report"}).status == 403
    assert site.post(form, {**fields, "action": "report"}, Sec_Fetch_Site="same-site").status == 403
    assert site.rows("SELECT count(*) FROM notification") == before
    assert "The case is reported as" in site.post(form, {**fields, "action": "report"}).text


def test_without_a_session_the_form_is_not_shown(site: Site, links: dict[str, str]) -> None:
    page = site.get(f"{links['yes']}/case")
    assert page.status == 410
    assert "Please ask for a new code" in page.text
    assert f'href="{links["yes"]}"' in page.text
    site.jar["case"] = "A" * 22
    assert site.get(f"{links['yes']}/case").status == 410


def test_a_case_that_came_too_late_is_not_told_as_reported(site: Site, links: dict[str, str]) -> None:
    """After half an hour the session is over: who presses the button then must not believe that it is done."""
    form = entered(site, links["yes"])
    fields = {**hidden(site.get(form)), "theme": "relaparotomy"}
    fields |= {"shown": "theme patient_number event_date caesarean_date", "action": "report"}
    before = site.rows("SELECT count(*) FROM notification")
    with site.registry.light() as db:
        db.execute("UPDATE mail_link SET expires_at = created_at WHERE purpose = 'session'")
    page = site.post(form, fields)
    assert page.status == 410
    assert "Please ask for a new code" in page.text
    assert "reported already" not in page.text
    assert site.rows("SELECT count(*) FROM notification") == before


def test_a_case_that_was_reported_is_told_so_however_one_comes_back(
    site: Site, links: dict[str, str]
) -> None:
    form = entered(site, links["yes"])
    fields = {**hidden(site.get(form)), "theme": "relaparotomy"}
    fields |= {"shown": "theme patient_number event_date caesarean_date", "action": "report"}
    assert "The case is reported as" in site.post(form, fields).text
    assert "This case was reported already" in site.get(form).text
    with site.registry.light() as db:
        db.execute("UPDATE mail_link SET expires_at = created_at WHERE purpose = 'session'")
    assert "This case was reported already" in site.post(form, fields).text


def test_a_link_that_expired_tells_both_answers(site: Site, janneke: tuple[str, str], month: str) -> None:
    """Who had a case must not be sent to the command for none."""
    for path in asked(site.registry, *janneke, month=month, until=date(2026, 1, 1)).values():
        page = site.get(path)
        assert page.status == 410
        assert "msreg cases nothing" in page.text
        assert "msreg cases new" in page.text


def test_faults_of_a_case_are_told_together_at_their_questions(site: Site, links: dict[str, str]) -> None:
    form = entered(site, links["yes"])
    page = site.post(form, {**hidden(site.get(form)), "action": "next"})
    assert (page.status, page.text.count('aria-invalid="true"')) == (422, 1)
    page = site.post(form, {**hidden(page), "theme": "late_termination", "action": "next"})
    fields = {
        **hidden(page),
        "theme": "late_termination",
        "event_date": "31-31-2026",
        "gestation_weeks": "90",
    }
    page = site.post(form, {**fields, "action": "report"})
    assert page.status == 422
    assert page.text.count('aria-invalid="true"') == 2
    assert 'value="31-31-2026"' in page.text


def test_who_is_no_notifier_any_more_finds_the_links_closed(
    site: Site, janneke: tuple[str, str], links: dict[str, str], month: str
) -> None:
    with site.registry.light() as db:
        db.execute("UPDATE operator SET role = 'entry_clerk' WHERE id = ?", (janneke[0],))
    try:
        for path in links.values():
            assert site.get(path).status == 410
            assert site.post(path, {"action": "no"}).status == 410
    finally:
        with site.registry.light() as db:
            db.execute("UPDATE operator SET role = 'notifier' WHERE id = ?", (janneke[0],))
    assert not null_reports(site, month)


def test_a_link_does_only_what_it_is_for(site: Site, links: dict[str, str]) -> None:
    for name, other in (("no", "yes"), ("yes", "no")):
        token = links[name].rpartition("/")[2]
        assert site.get(f"/{other}/{token}").status == 404
        assert site.get(f"/q/{token}").status == 404
