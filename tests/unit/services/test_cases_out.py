"""Cases for the committee: what goes, under which names, what stays behind, and what the log tells (decision 0040)."""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

from msreg.errors import Conflict, NotAllowed, NotFound, Unavailable, Usage
from msreg.services.access import RIGHTS
from msreg.services.case_files import add_file, file_row
from msreg.services.case_opening import NewCase, new_case
from msreg.services.case_out_files import slug
from msreg.services.case_out_plan import Reason
from msreg.services.case_steps import approve, submit
from msreg.services.case_traces import own_words
from msreg.services.cases_out import CasesOut, Wished, export_cases, find_behind
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.queries import cases as queries
from msreg.store.queries.saving import as_json
from msreg.store.registry import Registry
from msreg.vocabulary import Action, CaseState, Process, Right, Role
from tests.cases import person

DAY = timedelta(days=1)
APPROVED_ON = date(2026, 11, 21)
SECRETS = ("AMS01", "Amstelhof", "NC-2026", "NC 2026", "88123456", "Jansen", "mw_jansen", "somebody")
ANSWERS = {
    "patient_number": "88123456",
    "event_date": date(2026, 3, 5),
    "pregnancy_ended": True,
    "delivery_date": date(2026, 3, 1),
}
BSN = "999990019"

Put = Callable[..., NewCase]
Export = Callable[..., CasesOut]


@pytest.fixture
def put(registry: Registry, desk: Actor) -> Put:
    """A case with files, each `(name, bytes, columns)`, that came into its state on a day."""

    def make(
        *files: tuple[str, bytes, dict[str, Any]],
        theme: str = "peripartum_hysterectomy",
        state: CaseState = CaseState.APPROVED,
        on: date = APPROVED_ON,
        crf: dict[str, Any] | None = None,
        answers: dict[str, Any] = ANSWERS,
    ) -> NewCase:
        given = {"patient_number": "88123456"} if theme == "late_termination" else answers
        new = new_case(registry, by=desk, answers={"theme": theme, **given}, centre="AMS01", today=on)
        with registry.light() as db:
            if crf is not None:
                db.execute(
                    "UPDATE notification SET crf = ?, crf_version = 1 WHERE id = ?", (as_json(crf), new.id)
                )
            row = queries.by_id(db, new.id)
        assert row is not None
        mark = own_words(row).mark
        with writing(registry, by=desk, event="cases.upload", action=Action.CREATE, plain=True) as work:
            for name, data, columns in files or (("mw_jansen.pdf", b"%PDF-1 bytes", {}),):
                facts = {"kind": name.rpartition(".")[2], "searched": mark, **columns}
                kept = file_row(
                    work, new.id, name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest(), **facts
                )
                add_file(work, kept, io.BytesIO(data))
        if state is not CaseState.CONCEPT:
            with (
                registry.light() as db
            ):  # what is in quarantine, or outside its theme, is not for these tests
                db.execute(
                    "UPDATE notification SET state = ?, since = ? WHERE id = ?",
                    (state.value, on.isoformat(), new.id),
                )
        return new

    return make


@pytest.fixture
def export(registry: Registry, desk: Actor, tmp_path: Path) -> Export:
    def call(by: Actor = desk, out: str = "cases.zip", **how: Any) -> CasesOut:
        wished = Wished(**{key: how.pop(key) for key in list(how) if key in Wished.__dataclass_fields__})
        return export_cases(registry, by=by, out=tmp_path / out, wished=wished, **how)

    return call


def content(done: CasesOut) -> dict[str, bytes]:
    with zipfile.ZipFile(done.path) as archive:
        assert archive.testzip() is None
        return {each: archive.read(each) for each in archive.namelist()}


def sheets(done: CasesOut) -> dict[str, list[dict[str, Any]]]:
    book = openpyxl.load_workbook(io.BytesIO(content(done)["cases.xlsx"]))
    found = {}
    for sheet in book.worksheets:
        head, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(map(str, head), row, strict=True)) for row in rows]
    return found


def last_event(registry: Registry) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    with registry.light() as db:
        found = db.one("SELECT seq, body FROM audit_event ORDER BY seq DESC LIMIT 1")
        assert found is not None
        items = db.rows("SELECT entity, entity_id FROM audit_item WHERE seq = ? ORDER BY n", (found[0],))
    return json.loads(found[1]), [(entity, each) for entity, each in items]


# -- what goes ------------------------------------------------------------------------------------------


def test_a_folder_for_each_case_with_neutral_names(put: Put, export: Export) -> None:
    put(
        ("Mw Jansen partus.pdf", b"one", {"wanted": "delivery_report"}),
        ("x.txt", b"two", {}),
        ("OK.png", b"three", {"wanted": "operation_report"}),
    )
    put(theme="maternal_death")
    done = export()
    assert (len(done.cases), done.files, done.left_out) == (2, 4, [])
    (folder,) = [each.pseudonym for each in done.cases if len(each.files) == 3]
    found = content(done)
    assert {name: data for name, data in found.items() if name.startswith(folder)} == {
        f"{folder}/01_partusverslag.pdf": b"one",
        f"{folder}/02_document.txt": b"two",
        f"{folder}/03_ok_verslag.png": b"three",
    }
    assert f"{folder}/01_delivery_report.pdf" in content(export(out="en.zip", language="en"))
    assert re.fullmatch(r"[A-Z2-7]{16}", folder)
    assert stat.S_IMODE(done.path.stat().st_mode) == 0o600
    assert sorted(each.name for each in done.path.parent.glob("*.zip")) == ["cases.zip", "en.zip"]
    assert not list(done.path.parent.glob(".cases.zip.*"))


def test_no_hospital_number_or_person_is_in_what_goes(put: Put, export: Export) -> None:
    """Neither in names, nor in the list, nor in the document of a form, nor in the zip file itself."""
    crf = {"death_date": "2026-03-05", "age": 33, "events": "collaps op de verloskamer"}
    put(
        ("Mw Jansen.pdf", b"%PDF", {}),
        ("CRF-NC-2026-0001.pdf", b"%PDF NC-2026-0001 AMS01", {"form": "crf_maternal_death", "form_version": 1, "wanted": "crf"}),
        theme="maternal_death",
        crf=crf,
    )  # fmt: skip
    done = export()
    found = content(done)
    (form,) = [name for name in found if "vragenlijst" in name]
    page = "".join(each.extract_text() for each in pypdf.PdfReader(io.BytesIO(found[form])).pages)
    assert "collaps op de verloskamer" in page
    assert done.cases[0].pseudonym in page
    told = [page, repr(pypdf.PdfReader(io.BytesIO(found[form])).metadata), *found]
    with zipfile.ZipFile(io.BytesIO(found["cases.xlsx"])) as book:
        told += [book.read(each).decode() for each in book.namelist()]
    told.append(done.path.read_bytes()[-4000:].decode("latin-1"))
    for secret in (*SECRETS, done.cases[0].id):
        assert not [each for each in told if secret.casefold() in each.casefold()], secret


def test_the_list_is_coarser_than_the_answers(put: Put, export: Export) -> None:
    """Months and days from the event for dates, five years for an age, no free text."""
    crf = {"death_date": "2026-03-06", "age": 34, "gravidity": 2, "events": "verhaal", "bmi": "24.5"}
    put(theme="maternal_death", crf=crf)
    put(theme="peripartum_hysterectomy", answers={})
    found = sheets(export())
    (row,) = [each for each in found["cases"] if each["theme"] == "maternal_death"]
    assert (row["event_month"], row["delivery_month"], row["delivery_days"]) == ("2026-03", "2026-03", -4)
    assert (row["included"], row["files"], row["files_left_out"]) == ("yes", 1, 0)
    (form,) = found["crf_maternal_death"]
    assert (form["case"], form["age_band"], form["death_month"], form["death_days"]) == (
        row["case"],
        "30-34",
        "2026-03",
        1,
    )
    assert (form["gravidity"], form["bmi"]) == (2, 24.5)
    columns = {key for rows in found.values() for each in rows for key in each}
    assert not columns & {"patient_number", "events", "age", "event_date", "death_date", "centre", "number"}
    (bare,) = [each for each in found["cases"] if each["theme"] == "peripartum_hysterectomy"]
    assert (bare["event_month"], bare["delivery_days"], bare["included"]) == (None, None, "unknown")
    days = [
        value for name, rows in found.items() if name != "provenance" for each in rows for value in each.values()
        if re.search(r"\d{4}-\d{2}-\d{2}", str(value))
    ]  # fmt: skip
    assert days == []


def test_every_column_is_in_the_codebook(put: Put, export: Export) -> None:
    put(theme="maternal_death", crf={"age": 30})
    put(theme="acute_fatty_liver", answers={})
    book = openpyxl.load_workbook(io.BytesIO(content(export())["cases.xlsx"]))
    told = {(row[0], row[1]) for row in book["codebook"].iter_rows(min_row=2, max_col=2, values_only=True)}
    for sheet in book.worksheets:
        if sheet.title not in ("codebook", "provenance"):
            for cell in sheet[1]:
                assert (sheet.title, cell.value) in told or cell.value == "case", (sheet.title, cell.value)


@pytest.mark.parametrize(("language", "name"), [("nl", "Casussen"), ("en", "Cases")])
def test_with_labels(language: str, name: str, put: Put, export: Export) -> None:
    put()
    found = sheets(export(labels=True, language=language))
    (row,) = found[name]
    label = {"nl": ("Thema", "Peripartum hysterectomie"), "en": ("Theme", "Peripartum hysterectomy")}[
        language
    ]
    assert row[label[0]] == label[1]


def test_the_list_says_which_file_is_which_document_and_what_is_not_there(put: Put, export: Export) -> None:
    put(("a.pdf", b"1", {"wanted": "delivery_report"}), ("b.pdf", b"22", {"traces": {"bsn": 1}}))
    (one, other) = sheets(export())["documents"]
    assert (one["file"], one["document"], one["size"], one["left_out"]) == (
        f"{one['case']}/01_partusverslag.pdf", "delivery_report", 1, None,
    )  # fmt: skip
    assert (other["file"], other["document"], other["size"], other["left_out"]) == (
        None,
        "other",
        None,
        "traces",
    )


@pytest.mark.parametrize(
    ("label", "made"),
    [
        ("zwangerschapskaart (1e/2e/3e lijn)", "zwangerschapskaart"),
        ("OK-verslag", "ok_verslag"),
        ("vragenlijst maternale sterfte (CRF)", "vragenlijst_maternale_sterfte"),
        ("één/../twee", "een_twee"),
        ("(alleen)", "document"),
        ("x" * 90, "x" * 40),
    ],
)
def test_names_are_plain(label: str, made: str) -> None:
    assert slug(label) == made


# -- what stays behind ----------------------------------------------------------------------------------


def test_quarantine_never_goes_and_traces_only_when_told(put: Put, export: Export) -> None:
    put(
        ("held.pdf", b"1", {"held": True}),
        ("bsn.pdf", b"2", {"traces": {"bsn": 2}}),
        ("old.pdf", b"3", {"searched": "of other answers"}),
        ("fine.pdf", b"4", {}),
        ("both.pdf", b"5", {"held": True, "traces": {"name": 1}}),
    )
    done = export()
    assert [(each.document.name, each.reason) for each in done.left_out] == [
        ("held.pdf", Reason.QUARANTINE),
        ("bsn.pdf", Reason.TRACES),
        ("old.pdf", Reason.UNSEARCHED),
        ("both.pdf", Reason.QUARANTINE),
    ]
    assert sorted(content(done).values())[:1] == [b"4"]
    told = export(out="all.zip", with_traces=True)
    assert [each.document.name for each in told.left_out] == ["held.pdf", "both.pdf"]
    assert {data for name, data in content(told).items() if name != "cases.xlsx"} == {b"2", b"3", b"4"}


def test_free_text_of_a_form_is_searched_too(put: Put, export: Export) -> None:
    form = ("crf.pdf", b"%PDF", {"form": "crf_maternal_death", "form_version": 1, "wanted": "crf"})
    put(form, theme="maternal_death", crf={"events": f"mw. heeft BSN {BSN}"})
    put(form, theme="maternal_death", crf={"events": "niets bijzonders"})
    done = export()
    assert [(each.reason, each.document.traces) for each in done.left_out] == [(Reason.TRACES, {"bsn": 1})]
    assert done.files == 1


@pytest.mark.parametrize(
    ("since", "cases"), [(APPROVED_ON - DAY, 1), (APPROVED_ON, 1), (APPROVED_ON + DAY, 0)]
)
def test_since_the_day_before_the_day_the_day_after(
    since: date, cases: int, put: Put, export: Export
) -> None:
    put()
    if cases:
        assert len(export(since=since).cases) == 1
        return
    with pytest.raises(NotFound):
        export(since=since)


def test_only_approved_cases_unless_told(put: Put, export: Export, registry: Registry) -> None:
    made = {state: put(state=state) for state in CaseState}
    assert [each.id for each in export().cases] == [made[CaseState.APPROVED].id]
    submitted = export(out="s.zip", state=CaseState.SUBMITTED)
    assert [each.id for each in submitted.cases] == [made[CaseState.SUBMITTED].id]
    for state in (CaseState.CONCEPT, CaseState.INCOMPLETE, CaseState.WITHDRAWN):
        with pytest.raises(Usage):
            export(out="no.zip", state=state)


def test_themes_and_the_other_process(put: Put, export: Export) -> None:
    hysterectomy, death, late = put(), put(theme="maternal_death"), put(theme="late_termination")
    assert {each.id for each in export().cases} == {hysterectomy.id, death.id}
    assert [each.id for each in export(out="d.zip", about="MS_").cases] == [death.id]
    assert [each.id for each in export(out="l.zip", process=Process.LATE_TERMINATION).cases] == [late.id]
    assert [each.id for each in export(out="m.zip", about="LZA1").cases] == [late.id]
    with pytest.raises(NotFound):
        export(out="n.zip", about="appendicitis")


def test_a_case_that_went_the_whole_way(registry: Registry, desk: Actor, put: Put, export: Export) -> None:
    """By the steps themselves, and not by a column that was set."""
    new = put(state=CaseState.CONCEPT)
    with pytest.raises(NotFound):
        export()
    submit(registry, by=desk, case=str(new.number), today=APPROVED_ON, confirmed=True)
    approve(registry, by=desk, case=str(new.number), today=APPROVED_ON)
    assert [each.id for each in export().cases] == [new.id]


# -- faults, rights and the log -------------------------------------------------------------------------


def test_what_is_there_is_not_overwritten_and_nothing_is_half(
    registry: Registry, put: Put, export: Export, tmp_path: Path
) -> None:
    put()
    (tmp_path / "cases.zip").write_text("mine")
    before = last_event(registry)
    with pytest.raises(Conflict):
        export()
    assert last_event(registry) == before
    assert (tmp_path / "cases.zip").read_text() == "mine"
    with pytest.raises(NotFound):
        export(out="nowhere/cases.zip")
    with registry.light() as db:
        db.execute("UPDATE case_chunk SET piece = ?", (b"%PDF-1 bytez",))
    with pytest.raises(Unavailable):
        export(overwrite=True)
    assert (tmp_path / "cases.zip").read_text() == "mine"
    assert not list(tmp_path.glob(".cases.zip.*"))


@pytest.mark.parametrize("role", list(Role))
def test_who_may(
    role: Role, registry: Registry, desk: Actor, put: Put, export: Export, tmp_path: Path
) -> None:
    """The coordinator and the desk; nobody else gets a file, and the refusal is in the log."""
    put()
    by = person(registry, desk, role)
    if Right.CASES_EXPORT in RIGHTS[role]:
        assert role in (Role.COORDINATOR, Role.DESK)
        assert export(by).files == 1
        return
    with pytest.raises(NotAllowed):
        export(by)
    assert not (tmp_path / "cases.zip").exists()
    assert last_event(registry)[0]["outcome"] == "4"


def test_the_log_names_each_case_and_file_that_left(registry: Registry, put: Put, export: Export) -> None:
    new = put(("fine.pdf", b"1", {}), ("bsn.pdf", b"2", {"traces": {"bsn": 1}}))
    done = export(recipient="  De  commissie ", purpose="overleg", project="Maart")
    event, items = last_event(registry)
    with registry.light() as db:
        files = {row["name"]: row["id"] for row in queries.documents(db, [new.id])}
    assert items == [("notification", new.id), ("case_document", files["fine.pdf"])]
    assert (event["event"], event["action"]) == ("cases.export", "E")
    assert sheets(done)["provenance"][2] == {"key": "log_row", "value": done.seq}
    about = event["about"]
    assert (about["to_file"], about["file"], about["format"], about["patients"], about["files"]) == (
        True,
        "cases.zip",
        "zip",
        1,
        1,
    )
    assert (about["recipient"], about["purpose"], about["project"], about["pseudonymised"]) == (
        "De commissie", "overleg", "Maart", True,
    )  # fmt: skip


# -- pseudonyms -----------------------------------------------------------------------------------------


def test_a_pseudonym_leads_back_for_who_reviews(
    registry: Registry, desk: Actor, put: Put, export: Export
) -> None:
    new = put()
    one, again = export(), export(out="b.zip")
    other = export(out="c.zip", project="Andere")
    assert one.cases[0].pseudonym == again.cases[0].pseudonym != other.cases[0].pseudonym
    coordinator = person(registry, desk, Role.COORDINATOR)
    for done, project in ((one, ""), (other, " andere ")):
        name = done.cases[0].pseudonym.lower()
        assert find_behind(registry, by=coordinator, pseudonym=name, project=project) == new.number
        assert last_event(registry)[1] == [("notification", new.id)]
    with pytest.raises(NotFound):
        find_behind(registry, by=desk, pseudonym=other.cases[0].pseudonym)
    with pytest.raises(Usage):
        find_behind(registry, by=desk, pseudonym="NC-2026-0001")
    with pytest.raises(NotAllowed):
        find_behind(registry, by=person(registry, desk, Role.NOTIFIER), pseudonym=one.cases[0].pseudonym)


def test_folders_do_not_stand_in_the_order_in_which_cases_came(put: Put, export: Export) -> None:
    for _each in range(8):
        put()
    done = export()
    names = [each.pseudonym for each in done.cases]
    assert names == sorted(names)
    assert [each.number for each in done.cases] not in (
        sorted(each.number for each in done.cases), sorted((each.number for each in done.cases), reverse=True)
    )  # fmt: skip
