"""A program that fetches every link of every mail changes no data (SPEC N2, security.md attack 13)."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

from msreg.services.access import whoami
from msreg.services.reminders_run import run
from tests.mail_links import dump
from tests.web_links import TODAY, notifier
from tests.web_site import Site


def links_of_all_mails(site: Site) -> list[str]:
    found = []
    for each in sorted((site.folder / "home" / "outbox").glob("*.eml")):
        mail = message_from_bytes(each.read_bytes(), policy=policy.default)
        texts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
        texts.append(mail["list-unsubscribe"] or "")
        found += re.findall(r"http://127\.0\.0\.1:\d+(/[^\s\"'<>]+)", " ".join(texts))
    return list(dict.fromkeys(found))


def test_fetching_every_link_of_every_mail_changes_nothing_but_the_log(site: Site) -> None:
    notifier(site.registry)
    with site.registry.light() as db:
        # Added before the month that is asked about, and patients whose list is due.
        db.execute("UPDATE operator SET created_at = '2026-01-01 00:00:00.000000'")
        db.execute("UPDATE centre SET created_at = '2026-01-01 00:00:00.000000', email = 'arts@example.org'")
        db.execute(
            "UPDATE patient SET ask_due_on = '2026-11-30' WHERE id IN (SELECT p.id FROM patient p"
            " WHERE p.ask_due_on IS NOT NULL LIMIT 5)"
        )
    by = whoami(site.registry, site.registry.settings.environ)
    done = run(site.registry, by=by, today=TODAY)
    assert done.sent.whole.sent >= 3
    links = links_of_all_mails(site)
    assert {path.split("/")[1] for path in links} == {"q", "stop", "no", "yes"}
    before = dump(site.registry)
    events = site.rows("SELECT count(*) FROM audit_event")[0][0]
    for _twice in range(2):
        for method in ("GET", "HEAD"):
            for path in links:
                answer = site.ask(method, path)
                assert answer.status == 200, path.split("/")[1]
                for more in re.findall(r'(?:href|action)="(\?[^"]*)"', answer.text):
                    assert site.ask(method, path + more).status == 200
    assert dump(site.registry) == before
    assert site.rows("SELECT count(*) FROM audit_event")[0][0] > events
