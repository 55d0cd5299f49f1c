"""Who may do what to whom: every command of the program for every role (SPEC S3, S5; security.md S2, S3, S11).

The commands come from the program itself: a new one that is not told of here fails the first test.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from msreg.cli import root
from msreg.models.office import GIVEN_ROLES
from msreg.rules.eq5d import DIMENSIONS
from msreg.screen.manual import walk
from msreg.services.access import RIGHTS, whoami
from msreg.services.backups import back_up
from msreg.services.case_steps import submit
from msreg.services.imports import load_batch
from msreg.services.operators import OFFICE_ROLES
from msreg.services.shares import share
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm, Right, Role
from tests.case_answers import case_with
from tests.cases import add_file, reported
from tests.conftest import opened_copy

Run = Callable[..., Any]
TODAY = ("--today", "2026-11-21")


@dataclass(frozen=True)
class Way:
    """How a command is called: the right that it needs, and its words after the verb; P stands for a patient."""

    right: Right
    words: tuple[str, ...] = ()
    codes: tuple[int, ...] = (0,)
    registering: bool = False
    """Only for the centre that registered the patient; one that shares the patient is refused (P8)."""


PATIENT = (
    "--centre AMS01 --consent yes --consent-date 2020-01-02 --patient-number 00077 --family-name Nieuw"
    " --birth-date 1980-01-01 --sex f --diagnosis-date 2019-01-01 --diagnosis-phenotype rrms --dry-run"
)
EARLIER_MEDICINE = (
    "P --medicine L04AG03 --start-date 2019-01-01 --stop-date 2020-01-01 --safety-issue no --stop-reasons other"
    " --deviating-interval no --jcv-status negative --dry-run"
)

R, W = Right.PATIENTS_READ, Right.PATIENTS_WRITE
WAYS: Mapping[str, Way] = {
    "patients list": Way(R),
    "patients find": Way(R, ("P",)),
    "patients show": Way(R, ("P",)),
    "patients why": Way(R, ("P",)),
    "patients history": Way(R, ("P",)),
    # The last change of who runs the tests shared a patient of UTR01 with AMS01: that is for UTR01 and the office.
    "undo": Way(W, ("--dry-run", *TODAY), (0, 5)),
    "patients add": Way(W, tuple(PATIENT.split())),
    "patients edit": Way(W, ("P", "--initials", "Q.", "--dry-run")),
    "patients decease": Way(W, ("P", "2026-11-20", "--dry-run", *TODAY)),
    "patients end": Way(W, ("P", "2026-11-20", "--reason", "lost", "--dry-run", *TODAY)),
    # 6: with the centre that registered the patient; 8: shared already.
    "patients share": Way(W, ("P", "--with", "UTR01", *TODAY), (0, 6, 8), registering=True),
    "patients unshare": Way(W, ("P", "--with", "UTR01", *TODAY), (0, 8), registering=True),
    # With --erase another right is needed: see below. 8: withdrawn already, and signed anew already.
    "patients withdraw": Way(W, ("P", "--keep", "--yes", *TODAY), (0, 8), registering=True),
    "patients consent": Way(W, ("P", "2026-11-21", *TODAY), (0, 8), registering=True),
    # 8: of who wants no mail already.
    "patients mail": Way(W, ("P", "--stop", "--yes", *TODAY), (0, 8)),
    "courses list": Way(R, ("P",)),
    "courses show": Way(R, ("P", "2022-02-02")),
    "courses add": Way(
        W, ("P", "--course-date", "2022-05-05", "--edss-method", "not_done", "--mri-done", "no", "--dry-run")
    ),
    "courses delete": Way(W, ("P", "2022-02-02", "--dry-run")),
    "courses edit": Way(W, ("P", "2022-02-02", "--edss", "3", "--dry-run")),
    "disease show": Way(R, ("P",)),
    "disease phenotype add": Way(W, ("P", "--date", "2023-01-01", "--phenotype", "spms", "--dry-run")),
    "disease phenotype edit": Way(W, ("P", "2022-04-04", "--date", "2022-04-05", "--dry-run")),
    "disease phenotype delete": Way(W, ("P", "2022-04-04", "--dry-run")),
    "disease relapse add": Way(W, ("P", "--date", "2022-09-09", "--methylprednisolone", "no", "--dry-run")),
    "disease relapse edit": Way(W, ("P", "2022-03-03", "--severity", "mild", "--dry-run")),
    "disease relapse delete": Way(W, ("P", "2022-03-03", "--dry-run")),
    # 6: there is one already, and there is at most one.
    "disease referral add": Way(W, ("P", "--referred-by", "gp", "--dry-run"), (6,)),
    "disease referral edit": Way(W, ("P", "--referred-by", "other", "--dry-run")),
    "disease referral delete": Way(W, ("P", "--dry-run")),
    "medications list": Way(R, ("P",)),
    "medications add": Way(W, tuple(EARLIER_MEDICINE.split())),
    "medications stop": Way(
        W, ("P", "--stop-date", "2022-01-01", "--safety-issue", "no", "--stop-reasons", "other", "--dry-run")
    ),
    "medications delete": Way(W, ("P", "L04AG08", "2021-01-01", "--dry-run")),
    "medications edit": Way(W, ("P", "L04AG08", "2021-01-01", "--deviating-interval", "no", "--dry-run")),
    "events list": Way(R, ("P",)),
    "events add": Way(
        W, ("P", "L04AG08", "2021-01-01", "--description", "rash", "--report-to-lareb", "no", "--dry-run")
    ),
    "events delete": Way(W, ("P", "L04AG08", "2021-01-01", "koorts", "--dry-run")),
    "events edit": Way(W, ("P", "L04AG08", "2021-01-01", "koorts", "--report-to-lareb", "no", "--dry-run")),
    # Nothing of these patients is to be reported, so there is no batch, and the workbook answers none.
    "events send": Way(Right.LAREB, ("--out", ".")),
    "events ack": Way(Right.LAREB, ("FILE",), (6,)),
    "events batches": Way(Right.LAREB),
    "events rebuild": Way(Right.LAREB, ("L-000001", "--out", "."), (3,)),
    "synopsis": Way(R, ("P",)),
    "reports centre": Way(Right.REPORTS, TODAY),
    "reports benchmark": Way(Right.REPORTS, ("--centre", "AMS01", *TODAY)),
    "reports completeness": Way(Right.REPORTS, TODAY),
    "reports response": Way(Right.REPORTS, TODAY),
    "reports progression": Way(Right.REPORTS, TODAY),
    "chart": Way(R, ("P",)),
    "proms show": Way(R, ("P",)),
    "proms add": Way(W, ("P", "--answered-on", "2023-01-01", "--incomplete", "--dry-run")),
    "proms edit": Way(W, ("P", "2022-06-06", "--health-score", "50", "--dry-run")),
    "proms delete": Way(W, ("P", "2022-06-06", "--dry-run")),
    "proms status": Way(R, TODAY),
    # 7: the day of the new consent form, entered by hand above, is newer than the file and is kept.
    "imports check": Way(Right.IMPORT, ("FILE", *TODAY), (0, 7)),
    "imports run": Way(Right.IMPORT, ("FILE", "--dry-run", *TODAY), (0, 7)),
    "imports history": Way(Right.IMPORT),
    # The batch is of two centres: it is there for the registry office, and not for who works for one of them.
    # One of its patients is shared by now, which stands in the way of taking it back.
    "imports show": Way(Right.IMPORT, ("B-000001",), (0, 3)),
    "imports undo": Way(Right.IMPORT, ("B-000001", "--dry-run", *TODAY), (8, 3)),
    "exports excel": Way(Right.EXPORT, ("--out", "out.xlsx", "--overwrite")),
    "exports csv": Way(Right.EXPORT, ("--out", "out", "--overwrite")),
    "exports jsonl": Way(Right.EXPORT, ("--out", "out.jsonl", "--overwrite")),
    "exports parquet": Way(Right.EXPORT, ("--out", "out-parquet", "--overwrite")),
    "exports spss": Way(Right.EXPORT, ("--out", "out-spss", "--overwrite")),
    "exports odm": Way(Right.EXPORT, ("--out", "out.xml", "--overwrite")),
    "exports fhir": Way(Right.EXPORT, ("--out", "out.json", "--overwrite")),
    "exports list": Way(Right.EXPORT),
    "cases new": Way(Right.CASES_CREATE, ("--theme", "HYS", "--centre", "AMS01", "--dry-run", *TODAY)),
    "cases list": Way(Right.CASES_READ),
    "cases show": Way(Right.CASES_READ, ("NC-2026-0001",)),
    "cases edit": Way(Right.CASES_WRITE, ("NC-2026-0001", "--patient-number", "7", "--dry-run")),
    "cases history": Way(Right.CASES_READ, ("NC-2026-0001",)),
    # To see one's answers, or have them in a file, takes other rights: see below.
    "cases crf": Way(Right.CASES_WRITE, ("NC-2026-0003", "--age", "34", "--dry-run", *TODAY)),
    "cases swansea": Way(Right.CASES_WRITE, ("NC-2026-0004", "--bilirubin", "88", "--dry-run", *TODAY)),
    "cases due": Way(Right.CASES_READ, TODAY),
    "cases upload": Way(Right.CASES_WRITE, ("NC-2026-0001", "TEXT", "--dry-run", *TODAY)),
    "cases remove": Way(Right.CASES_WRITE, ("NC-2026-0001", "1", "--dry-run")),
    "cases download": Way(Right.CASES_FILES, ("NC-2026-0001", "--out", "out-case", "--overwrite")),
    "cases scan": Way(Right.CASES_WRITE, ("NC-2026-0001",)),
    "cases check": Way(Right.CASES_READ, ("NC-2026-0001",), (6,)),
    "cases submit": Way(Right.CASES_WRITE, ("NC-2026-0001", "--dry-run", *TODAY)),
    "cases return": Way(Right.CASES_REVIEW, ("NC-2026-0002", "--remark", "x", "--dry-run", *TODAY)),
    "cases approve": Way(Right.CASES_REVIEW, ("NC-2026-0002", "--dry-run", *TODAY)),
    "cases nothing": Way(Right.CASES_NOTHING, ("AMS01", "2026-10", "--dry-run", *TODAY)),
    "cases months": Way(Right.CASES_READ, TODAY),
    # 7: the file of the case was searched for nothing, so it stays behind.
    "cases export": Way(
        Right.CASES_EXPORT, ("--out", "out.zip", "--state", "submitted", "--overwrite"), (7,)
    ),
    "cases whose": Way(Right.CASES_REVIEW, ("A" * 16,), (3,)),
    "reports notifications": Way(Right.CASES_READ, TODAY),
    "cases withdraw": Way(Right.CASES_CREATE, ("NC-2026-0001", "--remark", "x", "--dry-run", *TODAY)),
    "exports whose": Way(Right.BSN_REVEAL, ("A" * 16,), (3,)),
    "reminders due": Way(Right.REMINDERS_READ, TODAY),
    "reminders run": Way(Right.REMINDERS_RUN, ("--dry-run", *TODAY)),
    "reminders log": Way(Right.REMINDERS_READ),
    "reminders retry": Way(Right.REMINDERS_RUN, ("--failed", "--dry-run")),
    "reminders cancel": Way(Right.REMINDERS_RUN, ("3f2a91bc", "--dry-run"), (3,)),
    # Nobody is there who types one.
    "reminders password": Way(Right.REMINDERS_RUN, (), (2,)),
    "serve": Way(Right.REMINDERS_RUN, ("--check",)),
    "centres list": Way(Right.CENTRES_READ),
    "centres add": Way(Right.CENTRES_WRITE, ("LEI01", "--name", "Leiden")),
    "centres edit": Way(Right.CENTRES_WRITE, ("AMS01", "--name", "Elders")),
    "users list": Way(Right.REGISTRY_ADMIN),
    "users add": Way(Right.REGISTRY_ADMIN, ("somebody", "--role", "job")),
    "users edit": Way(Right.REGISTRY_ADMIN, ("somebody", "--language", "nl")),
    "users remove": Way(Right.REGISTRY_ADMIN, ("somebody", "--yes")),
    "audit list": Way(Right.AUDIT_READ),
    "audit show": Way(Right.AUDIT_READ, ("1",)),
    "audit verify": Way(Right.AUDIT_VERIFY),
    "audit anchor": Way(Right.AUDIT_VERIFY),
    "db check": Way(Right.AUDIT_VERIFY),
    "db upgrade": Way(Right.REGISTRY_ADMIN),
    "db backup": Way(Right.BACKUP),
    "db restore": Way(Right.REGISTRY_ADMIN, ("msreg-made", "--dry-run")),
}
FREE = {
    "init", "doctor", "demo", "users rights", "forms list", "forms show", "forms diff", "forms export",
    "forms convert", "forms check", "rules list", "rules show", "help exit-codes", "help settings", "help json",
    "help man", "db recover", "db backups", "imports template", "proms value", "proms sets", "drafts list", "drafts resume", "drafts discard", "patients browse",
    "docs list", "docs get", "reminders preview",
}  # fmt: skip
"""Commands that open no registry as anybody: they make one, explain, or look at the machine. `db recover` is
for who has the recovery key in hand and nothing else. Drafts are one's own, and going on with one or throwing it
away is refused by its service; `patients browse` is nothing without a terminal, and its service is refused too."""

ABOUT_A_PATIENT = [name for name, way in WAYS.items() if "P" in way.words]


def commands() -> Iterator[str]:
    """Every command of the program."""
    return (" ".join(each.words) for each in walk(root()) if not each.commands)


def test_every_command_has_a_rule() -> None:
    assert set(commands()) == set(WAYS) | FREE
    assert not set(WAYS) & FREE


@pytest.fixture(scope="module")
def scene(
    template: Path, tmp_path_factory: pytest.TempPathFactory, person: Callable[..., dict[str, Any]],
    course: Callable[..., dict[str, Any]], write_to: Callable[..., Path],
) -> Path:  # fmt: skip
    """The folder of a registry to be copied and not changed; its file own.xlsx has patient 1.

    A patient of AMS01 (1), one of UTR01 who is shared with AMS01 (2), and one who is not (3). And two cases of
    AMS01 with a file, of which the second is submitted.
    """
    folder, day = tmp_path_factory.mktemp("scene"), date(2026, 11, 21)
    sheets: dict[str, list[dict[str, Any]]] = {}
    for number, centre in ((1, "AMS01"), (2, "UTR01"), (3, "UTR01")):
        who = {"centre": centre, "patient_number": f"{number:05d}"}
        mine = {
            "patients": person(number, centre, family_name=("Eigen", "Gedeeld", "Vreemd")[number - 1],
                               diagnosis_phenotype="cis"),
            "courses": course(number, date(2022, 2, 2), centre),
            "disease": [
                who | {"kind": "relapse", "date": date(2022, 3, 3), "methylprednisolone": True},
                who | {"kind": "phenotype", "date": date(2022, 4, 4), "phenotype": "rrms"},
                who | {"kind": "referral", "referred_by": "gp"},
            ],
            "medication": who
            | {"medicine": "L04AG08", "start_date": date(2021, 1, 1), "deviating_interval": False},
            "adverse_events": who
            | {"medicine": "L04AG08", "medication_start": date(2021, 1, 1), "description": "koorts",
               "report_to_lareb": False},
            "proms": who | {"answered_on": date(2022, 6, 6), "health_score": 60} | dict.fromkeys(DIMENSIONS, "2"),
        }  # fmt: skip
        for sheet, row in mine.items():
            sheets.setdefault(sheet, []).extend(row if isinstance(row, list) else [row])
    with opened_copy(template, folder) as registry:
        desk = whoami(registry, registry.settings.environ)
        assert not load_batch(
            registry, by=desk, path=write_to(folder / "all.xlsx", sheets), today=day
        ).refused
        for _each in range(2):
            case = reported(registry, desk, day)
            add_file(registry, case.id)
        submit(registry, by=desk, case=str(case.number), today=day)
        for form in (CaseForm.CRF, CaseForm.SWANSEA):
            case_with(registry, desk, day, form)
        with registry.light() as db:
            patient = db.one("SELECT id FROM patient WHERE number = 2")
        assert patient is not None
        share(registry, by=desk, patient_id=patient[0], centre_code="AMS01", today=day)
        scanner = '[cases]\nscanner = "clamscan"\nscanner_address = "/bin/false"\n'
        registry.settings.config_file.write_text(scanner)
        backup = back_up(registry, by=desk).made
        assert backup is not None
        backup.path.rename(backup.path.with_name("msreg-made"))
    write_to(folder / "own.xlsx", {sheet: rows[:1] for sheet, rows in sheets.items()})
    return folder


@pytest.fixture
def registry(scene: Path, home: Mapping[str, str], tmp_path: Path) -> Iterator[Registry]:
    """A copy of the scene."""
    with opened_copy(scene, tmp_path) as opened:
        yield opened


@pytest.fixture
def file(scene: Path, registry: Registry, tmp_path: Path) -> Path:
    """The file of patient 1, with a report beside it."""
    (tmp_path / "verslag.txt").write_text("Verslag van de ingreep.")
    return Path(shutil.copy(scene / "own.xlsx", tmp_path))


def said(way: Way, name: str, patient: str, file: Path) -> list[str]:
    words = [
        {"P": patient, "FILE": str(file), "TEXT": str(file.with_name("verslag.txt"))}.get(word, word)
        for word in way.words
    ]
    return [*name.split(), *words]


def last_event(registry: Registry) -> tuple[int, dict[str, Any]]:
    with registry.light() as db:
        found = db.one("SELECT seq, body FROM audit_event ORDER BY seq DESC LIMIT 1")
    assert found is not None
    return found[0], json.loads(found[1])


def test_nobody_is_given_the_role_of_a_patient(registry: Registry, quick: Run) -> None:
    """Who has it came by a link of a mail, and may do nothing else."""
    assert set(Role) - set(GIVEN_ROLES) == {Role.PATIENT}
    assert RIGHTS[Role.PATIENT] == {Right.OWN_ANSWERS}
    done = quick("users", "add", "jansen@example.org", "--role", "patient")
    assert (done.code, done.out) == (2, "")


@pytest.mark.parametrize("role", GIVEN_ROLES)
def test_a_role_may_do_what_the_table_of_rights_says(
    role: Role, registry: Registry, quick: Run, sit_down: Callable[..., Actor], file: Path, tmp_path: Path
) -> None:
    """S2, S11: allowed or refused (exit 5) by the table alone; a refusal shows nothing and is in the log."""
    by = sit_down(role, None if role in OFFICE_ROLES else "AMS01")
    assert by.centres is None or len(by.centres) == 1
    for name, way in WAYS.items():
        before, _ = last_event(registry)
        done = quick(*said(way, name, "MS-0000001", file))
        seq, event = last_event(registry)
        if way.right in RIGHTS[role]:
            assert done.code in way.codes, (name, done.err)
            # 6: refused by a rule, 2: something is not said, so nothing happened and nothing was shown.
            assert seq > before or name == "db upgrade" or done.code in (2, 6), name
            continue
        assert (done.code, done.out) == (5, ""), (name, done.err)
        assert way.right.value in done.err
        for other in ("MS-0000003", "MS-0000099"):
            if "P" in way.words:  # refused alike for whoever is named
                again = quick(*said(way, name, other, file))
                assert (again.code, again.out, again.err) == (5, "", done.err)
        assert seq > before, name
        assert (event["outcome"], event["role"]) == ("4", role.value), name
    assert not (tmp_path / "out.xlsx").exists() or Right.EXPORT in RIGHTS[role]


@pytest.mark.parametrize("role", [each for each in GIVEN_ROLES if each not in OFFICE_ROLES])
def test_own_shared_and_other_patients(
    role: Role, registry: Registry, quick: Run, sit_down: Callable[..., Actor], file: Path,
    bsn: Callable[[int], str],
) -> None:  # fmt: skip
    """S3: a patient of another centre and one who does not exist are the same to whoever asks, and to scripts."""
    sit_down(role, "AMS01")
    own_bsn, nobody, other = bsn(1), "999999990", bsn(5003)
    for name in ABOUT_A_PATIENT:
        way = WAYS[name]
        if way.right not in RIGHTS[role]:
            continue
        for patient in ("MS-0000001", "AMS01:00001", "MS-0000002", "UTR01:00002"):
            done = quick(*said(way, name, patient, file))
            other_wrote = way.registering and patient in ("MS-0000002", "UTR01:00002")
            assert done.code in ((5,) if other_wrote else way.codes), (name, patient, done.err)
            assert not other_wrote or done.out == ""
        assert quick(*said(way, name, "-", file), stdin=own_bsn).code in way.codes
        pairs = ((("MS-0000003", ""), ("MS-0000099", "")), (("UTR01:00003", ""), ("UTR01:00099", "")),
                 (("-", other), ("-", nobody)))  # fmt: skip
        for (there, typed), (not_there, mistyped) in pairs:
            for form in ((), ("--json",)):
                before, _ = last_event(registry)
                hidden = quick(*said(way, name, there, file), *form, stdin=typed)
                seq, event = last_event(registry)
                absent = quick(*said(way, name, not_there, file), *form, stdin=mistyped)
                assert (hidden.code, hidden.out) == (3, ""), name
                assert (hidden.code, hidden.out, hidden.err) == (absent.code, absent.out, absent.err), name
                assert seq == before + 1, name
                # S11: who looked for somebody is in the log; a search that finds nobody was a search
                assert event["outcome"] == ("0" if name == "patients find" else "4"), name


@pytest.mark.parametrize("role", GIVEN_ROLES)
def test_a_form_of_a_case_is_seen_and_taken_out_by_other_rights(
    role: Role, quick: Run, sit_down: Callable[..., Actor], file: Path, tmp_path: Path
) -> None:
    """Who only sees that cases are there sees the answers and gets no file of them, as with every other file."""
    sit_down(role, None if role in OFFICE_ROLES else "AMS01")
    assert quick("cases", "crf", "NC-2026-0003", "--show").code == (
        0 if Right.CASES_READ in RIGHTS[role] else 5
    )
    out = tmp_path / "crf.pdf"
    assert quick("cases", "crf", "NC-2026-0003", "--out", str(out)).code == (
        0 if Right.CASES_FILES in RIGHTS[role] else 5
    )
    assert out.exists() == (Right.CASES_FILES in RIGHTS[role])


@pytest.mark.parametrize("role", GIVEN_ROLES)
def test_erasing_needs_a_right_of_its_own(
    role: Role, registry: Registry, quick: Run, sit_down: Callable[..., Actor], file: Path
) -> None:
    """P10, S2: who may record a withdrawal may not erase by that, and nobody erases a patient of another centre."""
    sit_down(role, None if role in OFFICE_ROLES else "AMS01")
    words = ("patients", "withdraw", "MS-0000001", "--erase", "--yes", *TODAY)
    if Right.PATIENTS_ERASE not in RIGHTS[role]:
        refused = quick(*words)
        assert (refused.code, refused.out) == (5, "")
        assert Right.PATIENTS_ERASE.value in refused.err
        event = last_event(registry)[1]
        assert (event["event"], event["outcome"]) == ("patients.erase", "4")
        return
    if role not in OFFICE_ROLES:
        other = quick(*words[:2], "MS-0000002", *words[3:])
        assert (other.code, other.out) == (5, "")
        event = last_event(registry)[1]
        assert (event["event"], event["outcome"]) == ("patients.erase", "4")
        assert quick(*words[:2], "MS-0000003", *words[3:]).code == 3
    assert quick(*words).code == 0
    assert quick("patients", "show", "MS-0000001").code == 3


def test_the_office_sees_all_centres(quick: Run, file: Path) -> None:
    for name in ABOUT_A_PATIENT:
        for patient in ("MS-0000001", "MS-0000002", "UTR01:00003"):
            assert quick(*said(WAYS[name], name, patient, file)).code in WAYS[name].codes
        assert quick(*said(WAYS[name], name, "MS-0000099", file)).code == 3


def test_lists_and_exports_hold_nobody_of_another_centre(
    quick: Run, sit_down: Callable[..., Actor], file: Path, tmp_path: Path
) -> None:
    """S3, P8, X1: neither rows, nor counts, nor a filter tell of a patient whom one may not see."""
    sit_down(Role.DATA_MANAGER, "AMS01")
    found = json.loads(quick("patients", "list", "--json").out)
    assert [each["family_name"] for each in found] == ["Eigen", "Gedeeld"]
    for words in (["--name", "vreemd"], ["--patient-number", "00003"], ["--centre", "UTR01", "--name", "v"]):
        assert quick("patients", "list", *words, "--json").out == "[]\n"
    centres = {each["code"]: each["patients"] for each in json.loads(quick("centres", "list", "--json").out)}
    assert centres == {"AMS01": 1, "UTR01": None}
    for flag, expected in (((), ["Eigen"]), (("--shared",), ["Eigen", "Gedeeld"])):
        out = tmp_path / f"out{len(expected)}"
        assert quick("exports", "csv", "--out", out, *flag).code == 0
        text = {each.name: each.read_text(encoding="utf-8-sig") for each in out.iterdir()}
        assert "Vreemd" not in "".join(text.values())
        assert [name for name in ("Eigen", "Gedeeld", "Vreemd") if name in text["patients.csv"]] == expected
        assert len(text["courses.csv"].splitlines()) == 1 + len(expected)


def test_a_file_over_patients_of_another_centre(
    quick: Run, sit_down: Callable[..., Actor], file: Path, write: Callable[..., Path],
    person: Callable[..., dict[str, Any]], course: Callable[..., dict[str, Any]],
) -> None:  # fmt: skip
    """P8, S3: a shared patient may be added to; another's and nobody's are refused in the same words."""
    sit_down(Role.DATA_MANAGER, "AMS01")
    day = date(2024, 4, 4)
    shared = quick("imports", "run", write(courses=[course(2, day, "UTR01")]), "--json", *TODAY)
    assert json.loads(shared.out)["summary"]["added"] == 1
    written = json.loads(quick("courses", "list", "MS-0000002", "--json").out)
    assert [(each["course_date"], each["written_by"]) for each in written] == [
        ("2024-04-04", "AMS01"), ("2022-02-02", "UTR01"),
    ]  # fmt: skip
    told = []
    for number in (3, 99):
        done = quick("imports", "run", write(courses=[course(number, day, "UTR01")]), "--json", *TODAY)
        found = json.loads(done.out)
        told.append((done.code, done.err, found["findings"], found["summary"], found["changes"]))
        assert {each["code"] for each in found["findings"]} == {"FIL-007"}
    assert told[0] == told[1]
    assert told[0][0] == 6


def test_an_auditor_sees_the_log_and_no_patient(
    registry: Registry, quick: Run, sit_down: Callable[..., Actor], file: Path
) -> None:
    """The log tells who saw whom by number; names, BSNs and answers are for who may read patients."""
    sit_down(Role.AUDITOR)
    for words in (["audit", "list", "--json"], ["audit", "verify", "--json"], ["db", "check", "--json"]):
        done = quick(*words)
        assert done.code == 0, done.err
    with registry.light() as db:
        seqs = [
            row[0] for row in db.rows("SELECT seq FROM audit_event WHERE seq IN (SELECT seq FROM audit_item)")
        ]
    shown = "".join(quick("audit", "show", seq, "--values", "--json").out for seq in seqs)
    shown += quick("audit", "list", "--json").out
    assert "courses" in shown or "course" in shown
    for value in ("Eigen", "Gedeeld", "Vreemd", "koorts"):
        assert value not in shown


def test_who_has_no_role_is_asked_to_get_one(registry: Registry, quick: Run, file: Path) -> None:
    """C4: exit 4 for every command that needs a registry."""
    with registry.light() as db:
        db.execute("UPDATE operator SET os_user = 'somebody-else'")
    for name, way in WAYS.items():
        done = quick(*said(way, name, "MS-0000001", file))
        assert (done.code, done.out) == (4, ""), name
