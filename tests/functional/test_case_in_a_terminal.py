"""A maternal death in a terminal, from the report to the approval, by three roles (SPEC N3-N7)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Role
from tests import uploads_make as make
from tests.keyboard import DOWN, ENTER, Seat

Quick = Callable[..., Any]
SitDown = Callable[..., Actor]
TODAY = ("--today", "2026-11-21")
WORDS = {
    "nl": {
        "theme": "Thema", "number": "Patiëntnummer", "death": "Datum van overlijden",
        "start": "Begin van de zwangerschap", "ended": "Zwangerschap al geëindigd", "end": "Datum einde zwangerschap",
        "yes": "j", "remark": "Opmerking",
    },
    "en": {
        "theme": "Theme", "number": "Patient number", "death": "Date of death",
        "start": "Start of the pregnancy", "ended": "Pregnancy ended already", "end": "Date of the end of the pregnancy",
        "yes": "y", "remark": "Remark",
    },
}  # fmt: skip
CRF = (
    "1-10-2026", DOWN, "31", "2", "1", "", "", DOWN * 5, "39", DOWN * 3, "1-9-2026", DOWN, "n", DOWN, "Bloeding",
    DOWN * 2, "Na de sectio ontstond een bloeding.", "n",
)  # fmt: skip
"""What is typed at each question of the CRF, in its order; nothing leaves one open."""
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "kaart.pdf": (make.pdf, "pregnancy_card"),
    "partus.docx": (make.docx, "delivery_report"),
    "echo.png": (make.png, "diagnostics"),
    "lab.xlsx": (make.xlsx, "transfusion_lab"),
}


@pytest.fixture(params=["nl", "en"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_maternal_death_goes_from_report_to_approval(
    lang: str, registry: Registry, quick: Quick, sit_down: SitDown, tmp_path: Path
) -> None:
    words = WORDS[lang]

    def sit(*call: object) -> Seat:
        return Seat(tmp_path, "cases", *call, *TODAY, lang=lang)

    def data(*call: object) -> Any:
        found = quick("cases", *call, "--json")
        assert found.code == 0, found.err
        return json.loads(found.out)

    sit_down(Role.NOTIFIER, "AMS01")
    new = sit("new")
    new.answer(words["theme"], DOWN + ENTER).answer(words["number"], "4711" + ENTER)
    new.answer(words["death"], "1-10-2026" + ENTER).answer(words["start"], ENTER)
    new.answer(words["ended"], words["yes"] + ENTER).answer(words["end"], "1-9-2026" + ENTER)
    assert new.wait() == 0
    (listed,) = data("list")
    case = listed["case"]
    assert case in new.told()
    assert data("show", case)["included"]["verdict"] == "yes"

    crf = sit("crf", case)
    for typed in CRF:
        assert crf.reply(typed + ENTER)
    assert crf.wait() == 0
    (made,) = data("show", case)["documents"]
    assert (made["form"], made["kind"]) == ("crf_maternal_death", "pdf")

    sit_down(Role.ENTRY_CLERK, "AMS01")
    for name, (content, wanted) in FILES.items():
        (tmp_path / name).write_bytes(content())
        sent = sit("upload", case, tmp_path / name, "--as", wanted)
        assert sent.wait() == 0, sent.told()
    assert sit("submit", case).wait() == 0

    sit_down(Role.COORDINATOR)
    back = sit("return", case)
    back.until(words["remark"]).type("De ontslagbrief ontbreekt.", ENTER)
    back.until(case).type(words["yes"])
    assert back.wait() == 0, back.told()

    sit_down(Role.NOTIFIER, "AMS01")
    shown = sit("show", case)
    assert shown.wait() == 0
    assert "De ontslagbrief ontbreekt." in shown.told()
    (tmp_path / "brief.txt").write_text("Ontslagbrief: overleden op de afdeling.\n")
    assert sit("upload", case, tmp_path / "brief.txt", "--as", "discharge_letters").wait() == 0
    assert sit("submit", case).wait() == 0

    sit_down(Role.COORDINATOR)
    yes = sit("approve", case)
    yes.until(case).type(words["yes"])
    assert yes.wait() == 0, yes.told()

    found = data("show", case)
    assert found["state"] == "approved"
    assert [each["step"] for each in found["steps"]] == ["create", "submit", "return", "submit", "approve"]
    assert Counter(each["kind"] for each in found["documents"]) == {
        "pdf": 2,
        "docx": 1,
        "png": 1,
        "xlsx": 1,
        "txt": 1,
    }
    assert quick("cases", "download", case, "--out", tmp_path / "all").code == 0
    (form,) = (path for path in (tmp_path / "all").iterdir() if b"Bloeding" in _text(path))
    assert b"4711" not in _text(form)
    came = {path.read_bytes() for path in (tmp_path / "all").iterdir()}
    assert {(tmp_path / name).read_bytes() for name in (*FILES, "brief.txt")} < came
    with registry.light() as db:
        bodies = [json.loads(body) for (body,) in db.rows("SELECT body FROM audit_event")]
    # A step is a look, so that the person sees what it is about, and then a write.
    written = Counter(each["event"] for each in bodies if each["action"] != "R")
    steps = {"cases.new": 1, "cases.upload": 5, "cases.submit": 2, "cases.return": 1, "cases.approve": 1}
    assert {event: written[event] for event in steps} == steps
    sit_down(Role.DESK)
    assert quick("audit", "verify").code == 0


def _text(path: Path) -> bytes:
    if path.suffix != ".pdf":
        return b""
    return "".join(page.extract_text() for page in PdfReader(BytesIO(path.read_bytes())).pages).encode()
