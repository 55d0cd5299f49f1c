"""From the invitation to the chart: the link of a mail is opened, handed in, and the answers show everywhere (Q2–Q4)."""

from __future__ import annotations

import email
import email.policy
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from msreg import clock
from msreg.services.links import Closed
from msreg.services.mail_stopping import stop_by_link
from msreg.services.questionnaires import ASKED, hand_in, open_questionnaire, save_answers
from msreg.store.registry import Registry
from tests.conftest import Run

LEVELS = dict(zip(ASKED, ("2", "1", "2", "3", "2", "64"), strict=True))
P = "MS-0000001"


@pytest.fixture
def mailed(run: Run, registry: Registry, tmp_path: Path) -> str:
    """The text of the invitation that `reminders run` sent to a patient who had a course a hundred days ago."""
    course = clock.today() - timedelta(days=100)
    patient = {
        "centre": "AMS01", "consent": "yes", "consent-date": "2020-01-02", "family-name": "Jansen", "birth-date": "1980-05-06",
        "patient-number": "1", "sex": "female", "email": "jansen@example.org", "language": "nl",
    }  # fmt: skip
    added = run("patients", "add", "--incomplete", *(f"--{key}={value}" for key, value in patient.items()))
    assert added.code == 0, added.err
    done = run("courses", "add", P, f"--course-date={course}", "--edss-method=not_done", "--mri-done=no")
    assert done.code == 0, done.err
    sent = run("reminders", "run", "--json")
    assert (sent.code, json.loads(sent.out)["sent"]) == (0, 1)
    (file,) = tmp_path.rglob("*.eml")
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    part = message.get_body(("plain",))
    assert part is not None
    text: str = part.get_content()
    return text


def token(text: str, page: str) -> str:
    (found,) = re.findall(rf"/{page}/([A-Za-z0-9_-]+)", text)
    return str(found)


def told(run: Run, *words: str) -> Any:
    done = run(*words, "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def test_the_answers_behind_a_link_show_in_list_chart_synopsis_and_report(
    run: Run, registry: Registry, mailed: str
) -> None:
    today, link = clock.today(), token(mailed, "q")
    (row,) = told(run, "proms", "status")["patients"]
    assert row["answer"] == "due"
    assert open_questionnaire(registry, token=link, today=today).closed is None
    half = {key: LEVELS[key] for key in ASKED[:3]}
    assert save_answers(registry, token=link, answers=half, today=today).answers == half
    assert hand_in(registry, token=link, answers=LEVELS, today=today).handed_in

    (filled,) = told(run, "proms", "show", P)
    assert (filled["profile"], filled["health_score"], filled["mode"]) == ("21232", 64, "web")
    assert filled["answered_on"] == today.isoformat()
    (row,) = told(run, "proms", "status")["patients"]
    assert row["answer"] == "answered"
    assert "0.717, score 64" in run("synopsis", P).out
    (drawn,) = told(run, "chart", P)["proms"]
    assert (drawn["answered_on"], drawn["health_score"], drawn["profile"]) == (today.isoformat(), 64, "21232")
    assert "◇ health score" in run("chart", P).out
    whole = told(run, "reports", "response")["tables"]["response"]["rows"][0]
    assert (whole["quarter"], whole["own"], whole["own_of"]) == ("total", 1, 1)

    assert open_questionnaire(registry, token=link, today=today).closed is Closed.ANSWERED
    history = run("patients", "history", P)
    assert "link:patient" in history.out
    assert link not in run("audit", "list", "--json").out
    removed = run("proms", "delete", P, today.isoformat(), "--yes")
    assert removed.code == 0, removed.err
    assert open_questionnaire(registry, token=link, today=today).closed is Closed.ANSWERED
    assert run("undo", "--yes").code == 0
    (back,) = told(run, "proms", "show", P)
    assert back["profile"] == "21232"


def test_who_presses_no_more_mail_gets_one_last_mail_and_shows_so(
    run: Run, registry: Registry, mailed: str, tmp_path: Path
) -> None:
    today = clock.today()
    assert stop_by_link(registry, token=token(mailed, "stop"), today=today).changed
    assert told(run, "patients", "show", P)["mail_stopped_on"] == today.isoformat()
    assert json.loads(run("reminders", "run", "--json").out)["sent"] == 1
    assert len(list(tmp_path.rglob("*.eml"))) == 2
    assert json.loads(run("reminders", "run", "--json").out)["sent"] == 0
    history = run("patients", "history", P, "--field", "mail_stopped_on")
    assert (history.code, today.isoformat() in history.out) == (0, True)
    dutch = run("patients", "history", P, MSREG_LANG="nl")
    assert dutch.code == 0
