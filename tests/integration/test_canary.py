"""A made-up patient's name, BSN, address and words are looked for in everything that msreg leaves or says
(security S1, S7, S8; SPEC C8, C12): they stand where they were asked for, and nowhere else."""

from __future__ import annotations

import base64
import csv
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from msreg.config import load_settings
from msreg.store.registry import Registry

NAME, BSN, MAIL, POST = "Kanariewortel", "999994712", "piet.kanarie@zangvogel.example", "9876 ZX"
FROM, EFFECT, STORY = "Volierepraktijk", "snavelkoorts", "zong de hele nacht vals"
CANARIES = (NAME, BSN, MAIL, POST, FROM, EFFECT, STORY)

PATIENT = {
    "centre": "AMS01", "patient_number": "K1", "consent": "yes", "consent_date": "2020-01-06", "bsn": BSN,
    "family_name": NAME, "initials": "P.", "birth_date": "1980-05-17", "sex": "male", "postal_code": POST,
    "email": MAIL, "language": "nl", "deceased": "no", "treatment_ended": "no", "diagnosis_date": "2019-12-01",
    "diagnosis_phenotype": "rrms",
}  # fmt: skip
KEY = {"centre": "AMS01", "patient_number": "K1"}
DRUG = {"medicine": "L04AG08", "start_date": "2020-02-03"}
OTHERS: Mapping[str, list[dict[str, str]]] = {
    "courses": [{**KEY, "course_date": "2026-06-01", "edss_method": "assessed", "edss": "2,5", "mri_done": "no"}],
    "disease": [{**KEY, "kind": "referral", "date": "2019-11-02", "referred_by": "gp", "referred_from": FROM}],
    "medication": [{**KEY, **DRUG, "deviating_interval": "no"}],
    "adverse_events": [
        {**KEY, "medicine": "L04AG08", "medication_start": "2020-02-03", "description": EFFECT,
         "report_to_lareb": "yes", "start_date": "2020-03-01", "event_course": STORY, "outcome": "recovered",
         "severity": "mild"}
    ],
}  # fmt: skip
WRONG = (
    "birth_date",
    "consent",
    "sex",
    "bsn",
    "email",
    "postal_code",
    "diagnosis_date",
    "centre",
    "language",
)
"""Columns that get a canary as an answer that cannot be."""


def notations(text: str) -> set[bytes]:
    plain = text.encode()
    found = {plain, plain.lower(), plain.upper(), text.encode("utf-16-le"), text.encode("utf-16-be")}
    found |= {plain.hex().encode(), plain.hex().upper().encode()}
    # Base64 of a text inside others starts at one of three places.
    return found | {base64.b64encode(b"x" * shift + plain)[4:-4] for shift in range(3)}


NEEDLES = {text: notations(text) for text in CANARIES}


def hits(content: bytes, canaries: tuple[str, ...] = CANARIES) -> list[str]:
    return [text for text in canaries if any(needle in content for needle in NEEDLES[text])]


def hits_in(folder: Path) -> list[tuple[str, list[str]]]:
    return [
        (each.name, found)
        for each in folder.rglob("*")
        if each.is_file() and (found := hits(each.read_bytes()))
    ]


@dataclass
class Office:
    """One registry below `folder`, worked on with a umask that gives everything away."""

    folder: Path
    said: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        state = self.folder / "state"
        return {
            "MSREG_HOME": str(state / "home"), "MSREG_KEY_FILE": str(state / "key" / "kek"),
            "TMPDIR": str(state / "tmp"), "HOME": str(state / "user"), "LANG": "C", "PATH": os.environ["PATH"],
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }  # fmt: skip

    def run(self, *words: str, stdin: str = "", **more: str) -> tuple[int, bytes]:
        """The exit code and standard output; standard error is kept to be searched."""
        done = subprocess.run(
            [sys.executable, "-m", "msreg", *words], env={**self.environ, **more}, cwd=self.folder / "desk",
            input=stdin.encode(), capture_output=True, umask=0, timeout=120, check=False,
        )  # fmt: skip
        self.said.append((" ".join(words[:2]), done.stderr))
        return done.returncode, done.stdout

    def write(self, name: str, sheets: Mapping[str, list[dict[str, str]]]) -> str:
        folder = self.folder / "desk" / name
        folder.mkdir()
        for sheet, rows in sheets.items():
            with (folder / f"{sheet}.csv").open("w", newline="") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
        return name

    def opened(self) -> Registry:
        return Registry.open(load_settings(self.environ))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    made = Office(tmp_path_factory.mktemp("canary"))
    for name in ("state/tmp", "state/user", "state/key", "desk"):
        (made.folder / name).mkdir(parents=True, mode=0o700)
    code, _ = made.run("init", "--yes", "--made-up")
    assert code == 0, made.said
    assert made.run("centres", "add", "AMS01", "--name", "Test")[0] == 0
    assert (
        made.run("imports", "run", made.write("batch", {"patients": [PATIENT], **OTHERS}), "--yes")[0] == 0
    ), made.said
    return made


def quiet(office: Office) -> None:
    """Nothing that msreg wrote beside its answers holds a canary."""
    assert hits_in(office.folder / "state") == []
    said, office.said = office.said, []
    assert [(words, found) for words, text in said if (found := hits(text))] == []


def test_the_search_would_find_each_canary(tmp_path: Path) -> None:
    for text in CANARIES:
        for needle in notations(text):
            assert text in hits(b"\0x" + needle + b"y\0")
    (tmp_path / "log").write_bytes(base64.b64encode(f'{{"name":"{NAME}"}}'.encode()))
    assert hits_in(tmp_path) == [("log", [NAME])]


# -- answers ----------------------------------------------------------------------------------------------

SHOWN = {
    "patients list": {NAME}, "patients find": {NAME}, "patients show": {NAME, MAIL, POST}, "patients why": {NAME},
    "courses list": {NAME}, "courses show": {NAME}, "disease show": {NAME, FROM},
    "medications list": {NAME, EFFECT, STORY}, "events list": {NAME, EFFECT, STORY},
    "synopsis AMS01:K1": {NAME, EFFECT},
}  # fmt: skip
"""What a command is there to show. Everything else stays silent about it."""

LINES = [
    "patients list", "patients list --name kan", "patients find kanarie", "patients show MS-0000001",
    "patients why AMS01:K1", "courses list AMS01:K1", "courses show AMS01:K1 2026-06-01",
    "disease show AMS01:K1", "medications list AMS01:K1", "events list AMS01:K1", "synopsis AMS01:K1", "centres list",
    "users list", "users rights", "audit list", "audit list --patient AMS01:K1", "audit show 3",
    "audit verify", "audit anchor", "db check", "db backup --dry-run", "db backups", "doctor", "forms list", "rules list", "imports check batch",
    "imports run batch --dry-run", "imports run batch --yes",
]  # fmt: skip


@pytest.mark.parametrize("json_", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("line", LINES)
def test_a_canary_is_in_no_answer_but_that_of_who_asks_for_it(
    line: str, json_: list[str], office: Office
) -> None:
    words = line.split()
    code, out = office.run(*words, *json_)
    assert out, office.said[-1]
    if words[0] not in ("doctor",):
        assert code == 0, office.said[-1]
    names = " ".join(words[:2])
    beyond = set(hits(out)) - SHOWN.get(names, set())
    assert beyond == set()
    quiet(office)


def test_c8_a_whole_bsn_is_shown_to_who_asks_and_that_is_logged(office: Office) -> None:
    assert BSN.encode() in office.run("patients", "show", "AMS01:K1", "--reveal")[1]
    assert office.run("patients", "show", "-", stdin=BSN + "\n")[0] == 0
    assert office.run("patients", "find", "-", stdin=BSN + "\n")[0] == 0
    assert json.loads(office.run("audit", "list", "--json")[1])
    quiet(office)


# -- refusals ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", WRONG)
def test_c12_a_faulty_row_is_told_by_its_place(column: str, office: Office) -> None:
    value = {"bsn": BSN[:-1] + "3", "email": MAIL.replace("@", " "), "postal_code": f"x{POST}"}.get(
        column, NAME
    )
    row = {**PATIENT, "patient_number": "K2", column: value}
    name = office.write(f"wrong-{column}", {"patients": [row], **OTHERS})
    for words in (["check", name], ["run", name, "--json"]):
        code, out = office.run("imports", *words, "--debug")
        assert code == 6, office.said[-1]
        assert hits(out) == []
        assert value.encode() not in out
        assert value.encode() not in office.said[-1][1]
    code, out = office.run("imports", "check", name, "--json", "--values")
    assert code == 6
    quiet(office)


MISTAKES = [
    ["patients", "show", NAME], ["patients", "show", f"AMS01:{NAME}"], ["patients", "find", NAME + "x"],
    ["patients", "show", BSN], ["patients", "find", BSN], ["patients", NAME], [NAME], [BSN], ["patients", "list", NAME],
    ["patients", "list", "--born", NAME], ["patients", "list", f"--bsn={BSN}"],
    ["patients", "list", "--sex", NAME], ["patients", "list", "--phenotype", NAME], ["courses", "show", "AMS01:K1", NAME],
    ["courses", "edit", "AMS01:K1", "2026-06-01", "--edss", NAME], ["patients", "edit", "AMS01:K1", "--email", NAME],
    ["patients", "edit", "AMS01:K1", "--postal-code", NAME], ["patients", "edit", "AMS01:K1", "--birth-date", NAME],
    ["audit", "show", NAME], ["audit", "list", "--patient", NAME], ["rules", "list", "--record", NAME],
    ["disease", "edit", "AMS01:K1", "relapse", NAME], ["medications", "edit", "AMS01:K1", NAME, "2020-02-03"],
    ["events", "edit", "AMS01:K1", "L04AG08", "2020-02-03", NAME, "--outcome", "recovered"],
]  # fmt: skip


@pytest.mark.parametrize("words", MISTAKES, ids=lambda words: " ".join(words).replace(BSN, "BSN"))
def test_s7_what_was_typed_is_not_repeated(words: list[str], office: Office) -> None:
    code, out = office.run(*words, "--debug")
    assert code in (2, 3, 6), office.said[-1]
    assert out == b""
    assert office.said[-1][1]
    quiet(office)


# -- failures ---------------------------------------------------------------------------------------------

BREAKS = {
    # Values that are no dates, and texts that are no JSON: what reads them raises errors that quote them.
    "a date that is none": [f"UPDATE patient SET birth_date = '{NAME}', last_course_on = '{NAME}'",
                            f"UPDATE course SET course_date = '{NAME}'", f"UPDATE disease_event SET date = '{NAME}'",
                            f"UPDATE medication SET start_date = '{NAME}'",
                            f"UPDATE adverse_event SET start_date = '{NAME}'"],
    "answers that are none": [f"UPDATE {table} SET answers = '{{\"x\": \"{NAME} {BSN}'"
                              for table in ("patient", "course", "disease_event", "medication", "adverse_event")],
    "a database that refuses": [f"CREATE TRIGGER no_{table}_{verb} BEFORE {verb} ON {table}"
                                f" BEGIN SELECT RAISE(ABORT, 'refused {NAME}'); END"
                                for table in ("patient", "course") for verb in ("INSERT", "UPDATE")],
    "a column that is gone": ["ALTER TABLE course DROP COLUMN form_version"],
    "a log that refuses": ["CREATE TRIGGER broken BEFORE INSERT ON audit_event"
                           f" BEGIN SELECT RAISE(ABORT, '{NAME}'); END"],
}  # fmt: skip
ALL = [
    "patients list", "patients show MS-0000001", "patients why MS-0000001", "courses list MS-0000001",
    "disease show MS-0000001", "medications list MS-0000001", "events list MS-0000001", "imports check batch",
    "imports run second --yes", "exports csv --out broken", "exports excel --out broken.xlsx", "db check", "db backup",
    "doctor", "audit verify",
]  # fmt: skip


@pytest.mark.parametrize("fault", BREAKS)
def test_s7_s8_a_failure_tells_places_and_never_a_value(fault: str, office: Office, tmp_path: Path) -> None:
    """Each breaks a copy of the registry in its own way; every command then fails or works, with --debug."""
    broken = Office(tmp_path)
    shutil.copytree(office.folder / "state", tmp_path / "state")
    shutil.copytree(office.folder / "desk" / "batch", tmp_path / "desk" / "batch")
    other = {**PATIENT, "patient_number": "K9", "bsn": "", "email": MAIL}
    broken.write(
        "second", {"patients": [other], "courses": [{**OTHERS["courses"][0], "patient_number": "K9"}]}
    )
    with broken.opened() as registry, registry.light() as db:
        for statement in BREAKS[fault]:
            db.execute(statement)
    codes = set()
    for number, line in enumerate(ALL):
        code, _ = broken.run(*line.split(), "--debug", *(["--json"] if number % 2 else []))
        codes.add(code)
        assert b"Traceback" not in broken.said[-1][1]
    assert codes - {0}, "nothing failed"
    assert 2 not in codes
    quiet(broken)


# -- files ------------------------------------------------------------------------------------------------


def test_s8_files_are_for_their_owner_whatever_the_umask(office: Office) -> None:
    assert office.run("exports", "excel", "--out", "x.xlsx")[0] == 0
    assert office.run("exports", "csv", "--out", "x")[0] == 0
    assert office.run("db", "backup")[0] == 0
    desk = office.folder / "desk"
    assert NAME.encode() in (desk / "x" / "patients.csv").read_bytes()
    made = [desk / "x.xlsx", desk / "x", *(desk / "x").iterdir(), *(office.folder / "state").rglob("*")]
    with office.opened() as registry, registry.light():  # the files beside an open database too
        made += (office.folder / "state" / "home").rglob("*")
        wrong = {
            (str(each), oct(stat.S_IMODE(each.stat().st_mode)))
            for each in made
            if stat.S_IMODE(each.stat().st_mode) != (0o700 if each.is_dir() else 0o600)
        }
    assert wrong == set()
    assert list((office.folder / "state" / "tmp").iterdir()) == []
    quiet(office)
