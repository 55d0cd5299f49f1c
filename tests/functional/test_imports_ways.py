"""Every way in which a batch file comes gives the same registry, and no way tells a value (SPEC B2, C3, C11, C12)."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from msreg.services.dossiers import read_by_ids
from msreg.store.registry import Registry
from tests.standing_by import StandingBy, seen_late

Person = Callable[..., dict[str, Any]]
Run = Callable[..., Any]
Sheets = dict[str, list[dict[str, Any]]]
DAY = date(2026, 11, 21)
TODAY = ("--today", f"{DAY}")
NAMING = {
    "patients": ("centre", "patient_number"), "courses": ("centre", "patient_number", "course_date"),
    "disease": ("centre", "patient_number", "kind", "date"),
    "medication": ("centre", "patient_number", "medicine", "start_date"),
}  # fmt: skip
SECRETS = ("Geheimhärt", "geheim@example.org", "1979-02-28", "L04AG99geheim", "edss-geheim", "999912345")


@pytest.fixture
def sheets(person: Person, course: Person) -> Sheets:
    """Three patients with what gives formats trouble: letters with signs, separators, quotes, zeros, a comma."""
    return {
        "patients": [
            person(1, family_name="Müller-Ünal", email="m@example.org"),
            person(2, family_name='O"Brien; de Wit, jr', initials="É.", sex="male"),
            person(3, centre="UTR01", family_name="=1+1", patient_number="007"),
        ],
        "courses": [course(1, date(2021, 1, 2)), course(1, date(2022, 3, 4), edss=3), course(2, date(2021, 5, 6))],
        "disease": [{"centre": "AMS01", "patient_number": "00001", "kind": "relapse", "date": date(2021, 2, 3),
                     "methylprednisolone": False}],
        "medication": [{"centre": "AMS01", "patient_number": "00002", "medicine": "L04AG08",
                        "start_date": date(2020, 6, 1), "deviating_interval": False}],
    }  # fmt: skip


def header(name: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys((*NAMING[name], *(key for row in rows for key in row))))


def workbook(sheets: Sheets) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet, keys = book.create_sheet(name), header(name, rows)
        sheet.append(keys)
        for at, row in enumerate(rows, start=2):
            for column, key in enumerate(keys, start=1):
                cell = sheet.cell(at, column, row.get(key))
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def tables(sheets: Sheets, *, encoding: str = "utf-8", delimiter: str = ";") -> dict[str, bytes]:
    made = {}
    for name, rows in sheets.items():
        text = io.StringIO()
        keys = header(name, rows)
        lines = csv.writer(text, delimiter=delimiter)
        lines.writerow(keys)
        lines.writerows([row.get(key) for key in keys] for row in rows)
        made[name] = text.getvalue().encode(encoding)
    return made


def packed(sheets: Sheets) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in tables(sheets).items():
            archive.writestr(f"november/{name}.csv", content)
    return out.getvalue()


def lines(sheets: Sheets) -> bytes:
    """Rows of all sheets in turns: the order of lines is nobody's business."""
    objects = [{"sheet": name} | row for name, rows in sheets.items() for row in rows]
    return "\n".join(
        json.dumps(each, default=str, ensure_ascii=False) for each in objects[::2] + objects[1::2]
    ).encode()


def answers(registry: Registry) -> list[Any]:
    with registry.light() as db:
        ids = [each[0] for each in db.rows("SELECT id FROM patient")]
        return sorted(
            (each.centre_id, sorted((e.record.value, repr(sorted(e.values.items()))) for e in each.entries()))
            for each in read_by_ids(db, ids)
        )


@pytest.fixture
def start(standing_by: StandingBy, home: Mapping[str, str], tmp_path: Path) -> Run:
    """Run the program with bytes on standard input; gives exit code, and both outputs as text."""

    def call(*words: object, given: bytes = b"", **more: str) -> tuple[int, str, str]:
        assert all(map(seen_late, more))
        code, out, err = standing_by.run(*words, given=given, env={**home, **more}, folder=tmp_path)
        return code, out.decode(), err.decode()

    return call


@pytest.fixture
def load(start: Run) -> Run:
    """Load a file and give what the program said."""

    def call(*words: object, given: bytes = b"") -> dict[str, Any]:
        code, out, err = start("imports", "run", *words, "--yes", "--json", *TODAY, given=given)
        assert (code, err) == (0, ""), (code, out, err)
        return dict(json.loads(out))

    return call


@pytest.fixture
def wanted(registry: Registry, sheets: Sheets, load: Run, start: Run, tmp_path: Path) -> list[Any]:
    """What the registry has after the workbook; the registry itself is empty again."""
    (tmp_path / "usual.xlsx").write_bytes(workbook(sheets))
    done = load("usual.xlsx")
    assert done["summary"]["added"] == 8
    found = answers(registry)
    assert start("imports", "undo", done["batch"], "--yes")[0] == 0
    assert answers(registry) == []
    return found


FOLDERS = {
    "utf-8": {}, "with a mark": {"encoding": "utf-8-sig"}, "comma": {"delimiter": ","}, "tab": {"delimiter": "\t"},
    "utf-16": {"encoding": "utf-16"}, "cp1252": {"encoding": "cp1252"}, "tab in utf-16": {"encoding": "utf-16", "delimiter": "\t"},
}  # fmt: skip


@pytest.mark.parametrize("how", FOLDERS)
def test_a_folder_of_csv_in_every_spelling(
    how: str, wanted: list[Any], sheets: Sheets, load: Run, registry: Registry, tmp_path: Path
) -> None:
    folder = tmp_path / "november"
    folder.mkdir()
    for name, content in tables(sheets, **FOLDERS[how]).items():
        (folder / f"{name}.csv").write_bytes(content)
    done = load(folder)
    assert answers(registry) == wanted
    told = {(each["sheet"], each["code"]) for each in done["findings"]}
    assert told == ({("patients", "FIL-017")} if how == "cp1252" else set())
    assert done["file"] == "november"


@pytest.mark.parametrize("way", ["zip", "jsonl", "xlsx"])
@pytest.mark.parametrize("piped", [False, True], ids=["file", "standard input"])
def test_one_file_with_every_sheet(
    piped: bool, way: str, wanted: list[Any], sheets: Sheets, load: Run, registry: Registry, tmp_path: Path
) -> None:
    content = {"zip": packed, "jsonl": lines, "xlsx": workbook}[way](sheets)
    if piped:
        done = load("-", given=content)
    else:
        (tmp_path / f"november.{way}").write_bytes(content)
        done = load(f"november.{way}")
    assert answers(registry) == wanted
    assert done["summary"] == {"added": 8, "changed": 0, "unchanged": 0, "skipped": 0, "refused": 0}
    assert done["findings"] == []
    again = load("-", given=content)
    assert again["summary"]["unchanged"] == 8


@pytest.mark.parametrize("piped", [False, True], ids=["file", "standard input"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_one_csv_file_a_sheet_at_a_time(
    piped: bool,
    encoding: str,
    wanted: list[Any],
    sheets: Sheets,
    load: Run,
    registry: Registry,
    tmp_path: Path,
) -> None:
    """The sheet is named by --sheet, in either language; no other sheet is missing then."""
    called = {"patients": "Patiënten", "courses": "courses", "disease": "Disease", "medication": "medication"}
    for name, content in tables(sheets, encoding=encoding).items():
        if piped:
            load("-", "--sheet", called[name], given=content)
        else:
            (tmp_path / "uit.csv").write_bytes(content)
            load("uit.csv", "--sheet", called[name])
    assert answers(registry) == wanted


def test_rows_without_a_centre_are_of_the_one_that_is_named(
    sheets: Sheets, load: Run, start: Run, registry: Registry, tmp_path: Path
) -> None:
    own = {name: [{k: v for k, v in row.items() if k != "centre"} for row in rows if row["centre"] == "AMS01"]
           for name, rows in sheets.items()}  # fmt: skip
    for name, rows in own.items():
        (tmp_path / f"{name}.jsonl").write_bytes(lines({name: rows}))
        done = load(f"{name}.jsonl", "--centre", "ams01")
        assert done["summary"]["added"] == len(rows)
    code, out, _ = start("imports", "check", "patients.jsonl", "--json", *TODAY)
    assert code == 6
    assert {each["code"] for each in json.loads(out)["findings"]} & {"FIL-005", "FIL-010"}


@pytest.mark.parametrize("content", [b"", b"sheet\n"])
def test_csv_on_standard_input_has_to_be_named(content: bytes, registry: Registry, start: Run) -> None:
    """C4: what is missing is named with its option."""
    code, out, err = start("imports", "check", "-", "--json", given=content)
    assert out == ""
    assert code in (2, 6)
    assert json.loads(err)["error"]["message"]
    if content:
        assert (code, json.loads(err)["error"]["field"]) == (2, "sheet")


# -- what is said, and where -----------------------------------------------------------------------------------


@pytest.fixture
def faulty(sheets: Sheets, tmp_path: Path, registry: Registry) -> Path:
    """A workbook with faults whose cells nobody should read elsewhere; the last patient has none."""
    sheets["patients"][0] |= {"family_name": SECRETS[0], "email": SECRETS[1], "birth_date": SECRETS[2], "sex": "vrouwelyk",
                              "bsn": SECRETS[5]}  # fmt: skip
    sheets["courses"][0]["edss"] = SECRETS[4]
    sheets["medication"][0]["medicine"] = SECRETS[3]
    path = tmp_path / "november.xlsx"
    path.write_bytes(workbook(sheets))
    return path


def secrets_in(text: str) -> list[str]:
    return [each for each in (*SECRETS, "vrouwelyk", "Müller", 'O"Brien', "m@example.org") if each in text]


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize(
    "words", [("check",), ("run", "--yes"), ("run", "--partial", "--yes"), ("run", "--partial", "--dry-run")]
)
def test_no_value_is_told_and_one_document_comes_out(
    words: tuple[str, ...], lang: str, faulty: Path, start: Run, tmp_path: Path
) -> None:
    """C3, C12: JSON on standard output and nothing else; on standard error nothing at all."""
    verb, *more = words
    call = ("imports", verb, faulty.name, *more, "--no-marked", *TODAY)
    code, out, err = start(*call, "--json", MSREG_LANG=lang)
    assert code == (7 if "--partial" in more else 6)
    assert err == ""
    told = json.loads(out)
    assert set(told["summary"]) == {"added", "changed", "unchanged", "skipped", "refused"}
    for each in told["findings"]:
        assert set(each) >= {"sheet", "row", "column", "field", "code", "severity", "message", "hint"}
        assert re.fullmatch("[A-Z]{1,2}", each["column"])
    assert secrets_in(out) == []
    plain = start(*call, MSREG_LANG=lang)
    assert plain[0] == code
    assert secrets_in(plain[1] + plain[2]) == []
    assert "\x1b" not in plain[1] + plain[2]
    assert ("Niets" in plain[1] or "niet" in plain[1]) is (lang == "nl")


def test_values_are_told_when_asked_for(faulty: Path, start: Run) -> None:
    """The same with --values: so the test before this one could have failed."""
    code, out, err = start("imports", "check", faulty.name, "--values", "--json", "--no-marked", *TODAY)
    assert (code, err) == (6, "")
    assert {"edss-geheim", "L04AG99geheim", "vrouwelyk"} <= set(secrets_in(out))


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("suffix", ["json", "csv", "xlsx"])
def test_a_report_tells_what_is_said_and_no_value(
    suffix: str, lang: str, faulty: Path, start: Run, tmp_path: Path
) -> None:
    report = tmp_path / f"report.{suffix}"
    code, out, err = start(
        "imports", "check", faulty.name, "--report", report, "--no-marked", "--json", *TODAY, MSREG_LANG=lang
    )
    assert (code, err) == (6, "")
    said = [(each["sheet"], each["row"], each["field"], each["code"]) for each in json.loads(out)["findings"]]
    if suffix == "json":
        text = report.read_text(encoding="utf-8")
        found = [
            (each["sheet"], each["row"], each["field"], each["code"]) for each in json.loads(text)["findings"]
        ]
    elif suffix == "csv":
        text = report.read_text(encoding="utf-8-sig")
        found = [(each["sheet"], int(each["row"]), each["field"], each["code"])
                 for each in csv.DictReader(io.StringIO(text), delimiter=";")]  # fmt: skip
    else:
        rows = [row for sheet in openpyxl.load_workbook(report) for row in sheet.iter_rows(values_only=True)]
        text = str(rows)
        found = [(row[0], row[1], row[3], row[4]) for row in rows[1 : len(said) + 1]]
    assert found == said
    assert secrets_in(text) == []
    assert report.stat().st_mode & 0o777 == 0o600


def test_the_two_halves_of_a_file_load_on_their_own(
    faulty: Path, start: Run, load: Run, sheets: Sheets, registry: Registry, tmp_path: Path
) -> None:
    """--split: what has no faults loads as it is; the rest tells the same faults again."""
    code, out, err = start("imports", "check", faulty.name, "--split", "--json", *TODAY)
    assert (code, err) == (6, "")
    told = json.loads(out)
    assert set(told["written"]) == {"marked", "valid", "refused"}
    assert load(told["written"]["valid"])["summary"]["added"] == 1
    rest = start("imports", "check", told["written"]["refused"], "--no-marked", "--json", *TODAY)
    assert rest[0] == 6
    assert sorted(each["code"] for each in json.loads(rest[1])["findings"]) == sorted(
        each["code"] for each in told["findings"]
    )
    for path in told["written"].values():
        assert Path(tmp_path / path).stat().st_mode & 0o777 == 0o600


def test_the_marked_copy_goes_where_it_is_sent(faulty: Path, start: Run, tmp_path: Path) -> None:
    code, out, _ = start("imports", "check", faulty.name, "--marked", "here.xlsx", "--json", *TODAY)
    assert (code, json.loads(out)["written"]) == (6, {"marked": "here.xlsx"})
    assert openpyxl.load_workbook(tmp_path / "here.xlsx").sheetnames[-1] in ("Findings", "Bevindingen")
    assert start("imports", "check", faulty.name, "--marked", "here.xlsx", *TODAY)[0] == 8
    assert start("imports", "check", faulty.name, "--marked", "x.xlsx", "--no-marked", *TODAY)[0] == 2


def test_exit_codes_tell_a_program_what_happened(
    sheets: Sheets, registry: Registry, start: Run, tmp_path: Path
) -> None:
    """C4: 0 done, 6 refused, 7 in part; the same of a check as of the run that it foretells."""
    seen = []
    for name, change in (("sound", {}), ("part", {"sex": "vrouwelyk"})):
        rows = sheets | {"patients": [sheets["patients"][0] | change, *sheets["patients"][1:]]}
        (tmp_path / f"{name}.jsonl").write_bytes(lines(rows))
    for file, more in (("part", ()), ("part", ("--partial",)), ("sound", ()), ("sound", ("--partial",))):
        codes = [start("imports", verb, f"{file}.jsonl", *more, *asked, *TODAY)[0]
                 for verb, asked in (("check", ()), ("run", ("--dry-run",)), ("run", ("--yes",)))]  # fmt: skip
        assert len(set(codes)) == 1
        seen.append(codes[0])
    assert seen == [6, 7, 0, 0]
    assert start("imports", "check", "nergens.xlsx")[0] == 3


def test_progress_goes_to_a_terminal_and_never_into_the_result(
    person: Person, registry: Registry, home: Mapping[str, str], tmp_path: Path
) -> None:
    """C3, C9: standard error is a terminal here, and standard output is read by a program."""
    rows = [person(1, bsn=None, patient_number=f"{n:06d}") for n in range(11_000)]
    (tmp_path / "november.jsonl").write_bytes(lines({"patients": rows}))
    ours, theirs = os.openpty()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "msreg", "imports", "check", "november.jsonl", "--json", *TODAY],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=theirs, cwd=tmp_path,
            env={**home, "TERM": "xterm"}, timeout=120, check=False,
        )  # fmt: skip
        shown = os.read(ours, 65_536).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 0
    assert json.loads(done.stdout)["summary"]["added"] == 11_000
    assert "11000" in shown
    assert shown.endswith("\r\x1b[K")
    assert b"\r" not in done.stdout
