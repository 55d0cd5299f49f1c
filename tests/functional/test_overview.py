"""The overview of patients: filters, sorts, pages, colours, masking (SPEC P5–P8, C3, C7, C8, C10, C12)."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from msreg.config import load_settings
from msreg.rules.names import fold_name
from msreg.services import access
from msreg.services.editing import edit_record
from msreg.services.imports import load_batch
from msreg.services.shares import share
from msreg.store.actor import Actor
from msreg.store.connect import transaction
from msreg.store.queries.overview import SORTS
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Role

Run = Callable[..., Any]
Listed = Callable[..., list[str]]
TODAY = date(2026, 11, 21)
NAMES = (
    ("Bakker", None), ("de Wit", None), ("Berg", "van den"), ("Özdemir", None), ("Hart", "'t"), ("O'Neill", None),
    ("Çelik", None), ("Jansen", None), ("Jansen-de Boer", None), ("El Idrissi", None), ("Müller", "von"),
    ("Ozinga", None),
)  # fmt: skip
KEYS = (
    "registry_number", "centre", "patient_number", "family_name", "name_prefix", "initials", "birth_date", "bsn",
    "sex", "last_phenotype", "shared", "complete", "open_questions", "last_course_on", "course_due_on", "deceased",
    "treatment_ended", "withdrawn_on", "changed_at",
)  # fmt: skip


@dataclass(frozen=True)
class One:
    """What should be true of a patient, worked out here and not by the program."""

    number: int
    centre: str
    patient_number: str
    family: str
    prefix: str | None
    born: date
    bsn: str | None
    sex: str
    phenotype: str
    last_course: date | None
    deceased: bool
    ended: bool
    open: int = 0
    shared_with: str | None = None
    changed: str = ""

    @property
    def name(self) -> str:
        return f"MS-{self.number:07d}"

    def due(self, today: date) -> bool:
        if self.last_course is None or self.deceased or self.ended:
            return False
        leap = (today.month, today.day) == (2, 29)
        return self.last_course < today.replace(year=today.year - 1, day=28 if leap else today.day)


@pytest.fixture(scope="module")
def filled(
    template: Path, tmp_path_factory: pytest.TempPathFactory, person: Callable[..., dict[str, Any]],
    course: Callable[..., dict[str, Any]], bsn: Callable[[int], str], write_to: Callable[..., Path],
) -> tuple[Path, list[One]]:  # fmt: skip
    """Thirty-six patients of two centres, as different as a clinic's; some shared, some with a question open."""
    folder = tmp_path_factory.mktemp("filled") / "home"
    shutil.copytree(template / "home", folder)
    environ = {"MSREG_HOME": str(folder), "MSREG_KEY_FILE": str(template / "kek")}
    with Registry.open(load_settings(environ)) as registry:
        return folder, fill(registry, person, course, bsn, write_to)


@pytest.fixture
def people(registry: Registry, filled: tuple[Path, list[One]]) -> list[One]:
    """The same patients in the registry of this test."""
    registry.close()
    shutil.copytree(filled[0], registry.settings.home, dirs_exist_ok=True)
    return filled[1]


def fill(
    registry: Registry, person: Callable[..., dict[str, Any]], course: Callable[..., dict[str, Any]],
    bsn: Callable[[int], str], write_to: Callable[..., Path],
) -> list[One]:  # fmt: skip
    desk = access.whoami(registry, registry.settings.environ)
    made: list[One] = []
    rows: dict[str, list[dict[str, Any]]] = {"patients": [], "courses": [], "disease": []}
    for at in range(36):
        family, prefix = NAMES[at % len(NAMES)]
        centre = "UTR01" if at % 3 == 2 else "AMS01"
        one = One(
            at + 1, centre, f"{at + 1:05d}", family, prefix, date(1950 + at % 10, 1 + at % 12, 1 + at % 28),
            None if at % 7 == 3 else bsn(at), ("female", "male", "other")[at % 5 % 3],
            "spms" if at % 8 == 5 else ("rrms", "ppms", "rrms", "cis")[at % 4],
            None if at % 9 == 4 else TODAY - timedelta(days=40 * (at % 20)), at % 11 == 7, at % 10 == 8,
        )  # fmt: skip
        state: dict[str, Any] = {}
        if one.deceased:
            state |= {"deceased": True, "deceased_on": TODAY}
        if one.ended:
            state |= {"treatment_ended": True, "treatment_ended_on": TODAY, "treatment_ended_reason": "lost"}
        rows["patients"].append(
            person(
                one.number, centre, bsn=one.bsn, family_name=family, name_prefix=prefix, initials="A.",
                birth_date=one.born, sex=one.sex,
                diagnosis_phenotype="rrms" if one.phenotype == "spms" else one.phenotype, **state,
            )
        )  # fmt: skip
        if one.phenotype == "spms":
            rows["disease"].append(
                {"centre": centre, "patient_number": one.patient_number, "kind": "phenotype",
                 "date": date(2022, 2, 2), "phenotype": "spms"}
            )  # fmt: skip
        for day in (one.last_course, one.last_course and date(2021, 1, 1)):
            if day:
                rows["courses"].append(course(one.number, day, centre, edss=2.5 if day.year > 2021 else 2))
        made.append(one)
    file = write_to(registry.settings.home.parent / "people.xlsx", rows)
    assert not load_batch(registry, by=desk, path=file, today=TODAY).refused
    for at in (0, 9, 12, 20, 27):
        one = made[at]
        if one.last_course and at % 9 != 4:
            edit_record(
                registry, by=desk, record=Record.COURSE, patient=one.name, which={"course_date": one.last_course},
                answers={}, clear=["edss"], today=TODAY,
            )  # fmt: skip
            made[at] = replace(one, open=1)
    with registry.light() as db:
        ids = dict(db.rows("SELECT number, id FROM patient"))
    for at, other in ((1, "UTR01"), (5, "AMS01"), (9, "UTR01")):
        share(registry, by=desk, patient_id=ids[at + 1], centre_code=other, today=TODAY)
        made[at] = replace(made[at], shared_with=other)
    with registry.light() as db, transaction(db):
        for at in range(len(made)):
            changed = f"2026-{1 + at % 11:02d}-{1 + at % 28:02d}"
            db.execute(
                "UPDATE patient SET updated_at = ? WHERE number = ?", (f"{changed} 23:59:59.000000", at + 1)
            )
            made[at] = replace(made[at], changed=changed)
    return made


@pytest.fixture
def listed(quick: Run) -> Listed:
    """The registry numbers that a list gives, in its order."""

    def call(*words: object, stdin: str = "", verb: str = "list") -> list[str]:
        done = quick("patients", verb, *words, "--json", "--today", TODAY.isoformat(), stdin=stdin)
        assert done.code == 0, done.err
        return [each["registry_number"] for each in json.loads(done.out)]

    return call


def names(people: list[One], keep: Callable[[One], object]) -> list[str]:
    return [each.name for each in people if keep(each)]


def test_every_filter_alone(people: list[One], listed: Listed) -> None:
    """P5: filter on every column; days are inclusive on both sides."""
    day = date(2026, 5, 5)
    filters: list[tuple[list[object], Callable[[One], object]]] = [
        ([], lambda p: True),
        (["--centre", "utr01"], lambda p: p.centre == "UTR01"),
        (["--sex", "male"], lambda p: p.sex == "male"),
        (["--sex", "Other"], lambda p: p.sex == "other"),
        (["--phenotype", "SPMS"], lambda p: p.phenotype == "spms"),
        (["--phenotype", "cis"], lambda p: p.phenotype == "cis"),
        (["--complete"], lambda p: p.ended or not p.open),
        (["--incomplete"], lambda p: p.open and not p.ended),
        (["--due"], lambda p: p.due(TODAY)),
        (["--not-due"], lambda p: not p.due(TODAY)),
        (["--deceased"], lambda p: p.deceased),
        (["--alive"], lambda p: not p.deceased),
        (["--ended"], lambda p: p.ended),
        (["--in-treatment"], lambda p: not p.ended),
        (["--patient-number", "00017"], lambda p: p.patient_number == "00017"),
        (["--patient-number", "17"], lambda p: False),
        (["--last-course-from", day], lambda p: p.last_course and p.last_course >= day),
        (["--last-course-until", "05-05-2026"], lambda p: p.last_course and p.last_course <= day),
        (["--changed-from", "2026-06-06"], lambda p: p.changed >= "2026-06-06"),
        (["--changed-until", "6/6/2026"], lambda p: p.changed <= "2026-06-06"),
        (["--born", "1955"], lambda p: p.born.year == 1955),
        (["--shared"], lambda p: p.shared_with),
        (["--own"], lambda p: True),
        (["--all"], lambda p: True),
    ]
    for words, keep in filters:
        assert listed(*words, "--page-size", "100") == names(people, keep), words


def test_filters_together_all_hold(people: list[One], listed: Listed) -> None:
    found = listed("--centre", "AMS01", "--sex", "female", "--alive", "--due", "--name", "j")
    assert found == names(
        people,
        lambda p: p.centre == "AMS01" and p.sex == "female" and not p.deceased and p.due(TODAY)
        and p.family.startswith("J"),
    )  # fmt: skip
    assert listed("--deceased", "--due") == []


def test_every_sort_both_ways(people: list[One], listed: Listed) -> None:
    """P5: what is blank comes first, and last the other way round; equals stand by registry number."""
    keys: dict[str, Callable[[One], Any]] = {
        "number": lambda p: p.number,
        "name": lambda p: fold_name(p.family),
        "born": lambda p: p.born,
        "bsn": lambda p: p.bsn or "",
        "patient-number": lambda p: p.patient_number,
        "sex": lambda p: p.sex,
        "phenotype": lambda p: p.phenotype,
        "shared": lambda p: bool(p.shared_with),
        "complete": lambda p: p.open,
        "last-course": lambda p: p.last_course or date.min,
        "deceased": lambda p: p.deceased,
        "ended": lambda p: p.ended,
        "changed": lambda p: p.changed,
        "centre": lambda p: p.centre,
    }
    assert set(keys) == set(SORTS)
    for sort, key in keys.items():
        assert listed("--sort", sort) == [p.name for p in sorted(people, key=key)], sort
        back = sorted(people, key=key, reverse=True)  # stable: equals stay in their order
        assert listed("--sort", sort, "--reverse") == [p.name for p in back], sort


def test_pages_are_the_whole_list_cut_in_pieces(people: list[One], listed: Listed, run: Run) -> None:
    whole = listed("--sort", "name")
    pieces = [listed("--sort", "name", "--page-size", "10", "--page", page) for page in (1, 2, 3, 4, 5)]
    assert [len(piece) for piece in pieces] == [10, 10, 10, 6, 0]
    assert [name for piece in pieces for name in piece] == whole
    beyond = run("patients", "list", "--page", "9")
    assert (beyond.code, beyond.out) == (0, "There are no more patients.\n")
    assert "10 of 36 patients" in run("patients", "list", "--page-size", "10").err
    for words in (["--page", "0"], ["--page-size", "0"], ["--page-size", "10001"], ["--page", "x"]):
        assert run("patients", "list", *words).code == 2


def test_own_shared_and_all_for_a_centre(
    people: list[One], listed: Listed, sit_down: Callable[..., Actor], registry: Registry
) -> None:
    """P5, P8, S3: a centre sees what it registered and what is shared with it, and no more."""
    sit_down(Role.CLINICIAN, "AMS01")
    own = names(people, lambda p: p.centre == "AMS01")
    given = names(people, lambda p: p.centre == "AMS01" and p.shared_with)
    got = names(people, lambda p: p.shared_with == "AMS01")
    assert listed() == listed("--all") == sorted(own + got)
    assert listed("--own") == own
    assert listed("--shared") == sorted(given + got)
    assert listed("--centre", "UTR01") == got
    assert listed("--name", "berg") == names(people, lambda p: p.family == "Berg" and p.centre == "AMS01")
    with registry.light() as db, transaction(db):
        db.execute("UPDATE share SET until = '2026-11-20'")  # taken back
    assert listed() == own
    assert listed("--shared") == []


def test_own_and_shared_of_a_centre_for_the_desk(people: list[One], listed: Listed) -> None:
    """The office has no centre of its own; with --centre it looks as from there."""
    assert listed("--centre", "AMS01", "--own") == names(people, lambda p: p.centre == "AMS01")
    assert listed("--centre", "AMS01", "--shared") == names(
        people, lambda p: p.shared_with and "AMS01" in (p.centre, p.shared_with)
    )


def test_names_by_first_letters(people: list[One], listed: Listed, quick: Run) -> None:
    """P5: first letters, with or without accents, apostrophe and prefix; never from the middle."""
    wanted: dict[str, set[str]] = {
        "ozd": {"Özdemir"}, "ÖZD": {"Özdemir"}, "oz": {"Özdemir", "Ozinga"}, "van den b": {"Berg"},
        "Van Den Berg": {"Berg"}, "berg": {"Berg"}, "'t h": {"Hart"}, "t h": {"Hart"}, "hart": {"Hart"},
        "o'n": {"O'Neill"}, "oneill": {"O'Neill"}, "celik": {"Çelik"}, "mul": {"Müller"}, "von mü": {"Müller"},
        "jansen-de": {"Jansen-de Boer"}, "el  idr": {"El Idrissi"}, "de w": {"de Wit"}, "erg": set(), "ansen": set(),
    }  # fmt: skip
    for text, families in wanted.items():
        expected = names(people, lambda p, families=families: p.family in families)  # type: ignore[misc]
        assert listed("--name", text) == expected, text
        if families:
            assert sorted(listed(text, verb="find")) == expected, text
        else:
            assert quick("patients", "find", text).code == 3


def test_a_name_without_letters_is_no_wildcard(people: list[One], quick: Run) -> None:
    """Signs find nobody: the whole registry does not appear by a slip of the keyboard."""
    for text in ("%", "_", "*", " ", "'", "", "-"):
        for words in (["list", "--name", text], ["find", text, "--json"]):
            done = quick("patients", *words)
            if words != ["find", "-", "--json"]:  # a BSN is on its way, and does not come
                assert "letter" in done.err
            assert (done.code, done.out) == (2, ""), words
    assert quick("patients", "find", "%%a").code == 3
    assert quick("patients", "find").code == 2


@pytest.mark.parametrize("text", ["1955-06-06", "06-06-1955", "6/6/1955"])
def test_born_on_a_whole_date_in_three_notations(
    text: str, people: list[One], listed: Listed, run: Run
) -> None:
    """P5, C10."""
    expected = names(people, lambda p: p.born == date(1955, 6, 6))
    assert expected
    assert listed("--born", text) == expected
    assert listed("--born", text, verb="find") == expected


@pytest.mark.parametrize("text", ["55", "195", "1955-13-01", "31-02-1955", "june", "1955-06"])
def test_born_that_is_no_date_is_a_usage_error(text: str, people: list[One], run: Run) -> None:
    done = run("patients", "list", "--born", text)
    assert done.code == 2
    assert "1970" in done.err


def test_due_on_the_day_after_a_calendar_year(
    quick: Run, load: Callable[..., Any], write: Callable[..., Any], person: Callable[..., dict[str, Any]],
    course: Callable[..., dict[str, Any]],
) -> None:  # fmt: skip
    """P7: last < today − 1 year, calendar years; the day before, on it and after it, and on 29 February."""
    lasts = ("2023-02-27", "2023-02-28", "2023-12-31", "2024-02-28", "2024-02-29", "2024-03-01")
    load(
        write(
            patients=[person(at) for at in range(1, 7)],
            courses=[course(at, date.fromisoformat(last)) for at, last in enumerate(lasts, start=1)],
        )
    )
    due_by_day = {
        "2024-02-27": 0, "2024-02-28": 1, "2024-02-29": 1, "2024-03-01": 2, "2024-12-31": 2, "2025-01-01": 3,
        "2025-02-28": 3, "2025-03-01": 5, "2025-03-02": 6,
    }  # fmt: skip
    for today, count in due_by_day.items():
        for flag, expected in (("--due", lasts[:count]), ("--not-due", lasts[count:])):
            found = quick("patients", "list", flag, "--json", "--today", today)
            assert [each["last_course_on"] for each in json.loads(found.out)] == list(expected), today
        lines = quick("patients", "list", "--today", today).out.splitlines()[1:]
        assert [f"{last} !" in line for last, line in zip(lasts, lines, strict=True)] == [
            at < count for at in range(6)
        ]


# -- colours and marks --------------------------------------------------------------------------------------


@pytest.fixture
def scene(
    registry: Registry, desk: Actor, load: Callable[..., Any], write: Callable[..., Any],
    person: Callable[..., dict[str, Any]], course: Callable[..., dict[str, Any]],
) -> None:  # fmt: skip
    """One patient of each colour of the manual."""
    ended = {"treatment_ended": True, "treatment_ended_on": TODAY, "treatment_ended_reason": "lost"}
    load(
        write(
            patients=[
                person(1, family_name="Groen"), person(2, family_name="Rood"), person(3, family_name="Oranje"),
                person(4, family_name="Wit", deceased=True, deceased_on=TODAY),
                person(5, family_name="Wijs", **ended), person(6, family_name="Blanco"),
            ],
            courses=[
                course(1, date(2026, 10, 1)), course(2, date(2026, 10, 1)), course(3, date(2024, 10, 1)),
                course(4, date(2024, 10, 1)), course(5, date(2024, 10, 1)),
            ],
        )
    )  # fmt: skip
    for number, day in ((2, "2026-10-01"), (4, "2024-10-01"), (5, "2024-10-01")):
        edit_record(
            registry, by=desk, record=Record.COURSE, patient=str(number), which={"course_date": day}, answers={},
            clear=["edss"], today=TODAY,
        )  # fmt: skip
    with registry.light() as db:
        patient = db.one("SELECT id FROM patient WHERE number = 1")
    assert patient is not None
    share(registry, by=desk, patient_id=patient[0], centre_code="UTR01", today=TODAY)


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize("columns", [80, 120])
def test_colours_of_the_manual_with_a_mark_beside_each(columns: int, terminal: Callable[..., Any]) -> None:
    """P6, P7: red no, green yes, white when deceased or ended, orange when due; C3: never colour alone."""
    seen = terminal("patients", "list", "--today", "2026-11-21", columns=columns)
    assert seen.code == 0
    assert max(map(len, seen.lines)) <= columns
    line = {name: next(each for each in seen.lines if name in each) for name in
            ("Groen", "Rood", "Oranje", "Wit", "Wijs", "Blanco")}  # fmt: skip
    assert seen.colour("yes", "Groen") == "green"
    assert seen.colour("no  (1)", "Rood") == "red"
    assert seen.colour("2024-10-01 !", "Oranje") not in ("default", "red", "green")
    assert seen.colour("2026-10-01", "Groen") == "default"
    assert seen.colour("no  (1)", "Wit") == "default"
    assert seen.colour("yes", "Wijs") == "default"  # permanently complete
    assert "!" not in line["Groen"] + line["Rood"] + line["Wit"] + line["Wijs"] + line["Blanco"]
    assert "⇄" in line["Groen"]
    assert "⇄" not in line["Rood"]
    assert " – " in line["Blanco"]
    legend = "\n".join(seen.lines)
    assert "! a new course is due" in legend
    assert "⇄ shared" in legend
    assert "(n) open questions" in legend
    assert "msreg patients why MS-0000002" in legend
    for label in ("MS number", "Name", "Born", "Sex", "Phenotype", "Last course", "Complete"):
        assert label in seen.lines[0]


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize("words", [["--no-color"], []])
def test_without_colour_the_marks_remain(words: list[str], terminal: Callable[..., Any]) -> None:
    """C3: --no-color and NO_COLOR."""
    seen = terminal(
        "patients", "list", "--today", "2026-11-21", *words, **({} if words else {"NO_COLOR": "1"})
    )
    assert "\x1b" not in seen.raw
    assert any("Oranje" in line and "2024-10-01 !" in line for line in seen.lines)
    assert any("Rood" in line and "no  (1)" in line for line in seen.lines)


@pytest.mark.usefixtures("scene")
def test_piped_there_is_no_colour_and_nothing_is_cut(run: Run) -> None:
    """C3: results on standard output, remarks on standard error."""
    done = run("patients", "list", "--today", "2026-11-21", TERM="xterm-256color", COLORTERM="truecolor")
    assert "\x1b" not in done.out + done.err
    lines = done.out.splitlines()
    assert len(lines) == 7  # a header and six patients
    assert "Patient no." in lines[0]
    assert "…" not in done.out
    assert "6 patients." in done.err


@pytest.mark.usefixtures("scene")
def test_in_dutch(run: Run) -> None:
    """C10: dates per language; JSON is the same in both."""
    done = run("patients", "list", "--lang", "nl", "--today", "2026-11-21")
    assert "01-10-2024 !" in done.out
    nl, en = (run("patients", "list", "--json", "--lang", lang).out for lang in ("nl", "en"))
    assert nl == en


# -- numbers, BSNs, and what is logged ------------------------------------------------------------------------


def test_json_has_its_keys_and_plain_values(people: list[One], run: Run) -> None:
    """C3, C11: stable keys, ISO dates, no colour; --jsonl is one object a line."""
    done = run("patients", "list", "--json", "--page-size", "3")
    found = json.loads(done.out)
    assert [tuple(each) for each in found] == [KEYS] * 3
    assert done.err == ""
    assert done.out.isascii()
    first = found[0]
    assert (first["birth_date"], first["complete"], first["open_questions"]) == ("1950-01-01", False, 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", first["changed_at"])
    lines = run("patients", "list", "--jsonl", "--page-size", "3").out.splitlines()
    assert [json.loads(line) for line in lines] == found


def test_bsns_are_masked_unless_revealed_and_that_is_logged(
    people: list[One], quick: Run, registry: Registry, sit_down: Callable[..., Actor]
) -> None:
    """C8."""
    bsns = [p.bsn for p in people if p.bsn]
    for words in (["list"], ["list", "--json"], ["find", "bakker"], ["find", "--json", "bakker"], ["show", "1"],
                  ["show", "1", "--json"], ["why", "1"]):  # fmt: skip
        done = quick("patients", *words)
        assert done.code == 0, done.err
        assert not any(each in done.out + done.err for each in bsns), words
    assert "••••••" + (people[0].bsn or "")[-3:] in quick("patients", "list").out
    shown = quick("patients", "list", "--json", "--reveal")
    assert [each["bsn"] for each in json.loads(shown.out)] == [p.bsn for p in people]
    one = quick("patients", "show", "1", "--reveal", "--json")
    assert json.loads(one.out)["bsn"] == people[0].bsn
    last = logged(registry)[-2:]
    assert [(each["event"], each["about"]["reveal"]) for each in last] == [
        ("patients.list", True), ("patients.show", True),
    ]  # fmt: skip
    sit_down(Role.READER, "AMS01")
    for words in (["list"], ["show", "1"], ["find", "bakker"]):
        refused = quick("patients", *words, "--reveal")
        assert (refused.code, refused.out) == (5, "")
        assert logged(registry)[-1]["outcome"] == "4"


def logged(registry: Registry) -> list[dict[str, Any]]:
    with registry.light() as db:
        return [json.loads(row[0]) for row in db.rows("SELECT body FROM audit_event ORDER BY seq")]


def test_a_list_logs_who_was_on_it_and_not_what_was_asked(
    people: list[One], run: Run, registry: Registry
) -> None:
    """S5: the patients of the page; filters by column, since a value may name a patient."""
    assert run("patients", "list", "--name", "özd", "--born", "1953").code == 0
    event = logged(registry)[-1]
    assert event["about"]["filters"] == "name born"
    with registry.light() as db:
        last = db.one("SELECT max(seq) FROM audit_event")
        assert last is not None
        seen = db.rows(
            "SELECT p.number FROM audit_item i JOIN patient p ON p.id = i.patient_id WHERE i.seq = ?", last
        )
    assert [f"MS-{row[0]:07d}" for row in seen] == names(
        people, lambda p: p.family == "Özdemir" and p.born.year == 1953
    )
    assert "zd" not in json.dumps(event["about"])


def test_somebody_is_found_by_number_or_by_bsn_from_standard_input(
    people: list[One], listed: Listed, quick: Run
) -> None:
    """C8."""
    one = people[5]
    bsn = one.bsn or ""
    dotted = f"{bsn[:3]}.{bsn[3:6]} {bsn[6:]}"
    for words, stdin in (
        (["MS-0000006"], ""), (["ms-6"], ""), (["00006"], ""), (["UTR01:00006"], ""), (["utr01:00006"], ""),
        (["-"], bsn), (["-"], f"{dotted}\n"), (["-", "--born", one.born.year], bsn),
    ):  # fmt: skip
        assert listed(*words, stdin=stdin, verb="find") == [one.name], words
    assert listed("--bsn", stdin=bsn) == [one.name]
    for verb in (["patients", "show"], ["patients", "why"], ["courses", "list"], ["medications", "list"],
                 ["disease", "show"]):  # fmt: skip
        done = quick(*verb, "-", stdin=f"{bsn}\n")
        assert done.code == 0, done.err
        assert one.name in done.out
        assert bsn not in done.out + done.err
    nobody = quick("patients", "find", "-", stdin="999990019")
    assert nobody.code == (0 if "999990019" in [p.bsn for p in people] else 3)
    for wrong in ("", "12", "abcdefghi", "1234567890"):
        told = quick("patients", "find", "-", stdin=wrong)
        assert (told.code, told.out) == (2, "")
        assert not wrong or wrong not in told.err
    for wrong in ("MS-x", "UTR01:", "99"):
        assert quick("patients", "find", wrong).code in (2, 3)


@pytest.mark.parametrize("shape", ["{0}{1}{2}", "{0}.{1}.{2}", "{0} {1} {2}", "{0}-{1}-{2}"])
def test_a_bsn_on_the_command_line_is_refused_and_not_repeated(
    shape: str, people: list[One], quick: Run
) -> None:
    """C8: others can read a command line; the sentence says how instead."""
    bsn = people[0].bsn or ""
    word = shape.format(bsn[:3], bsn[3:6], bsn[6:])
    for verb in (["patients", "show"], ["patients", "find"], ["patients", "why"], ["courses", "list"],
                 ["disease", "show"], ["medications", "list"], ["patients", "list", "--bsn"]):  # fmt: skip
        done = quick(*verb, word)
        assert (done.code, done.out) == (2, ""), verb
        assert word not in done.err
        assert bsn not in done.err
    assert "does not belong in a command line" in quick("patients", "show", word).err


@pytest.mark.parametrize(
    "words",
    [["--sort", "colour"], ["--sex", "x"], ["--phenotype", "abc"], ["--own", "--shared"], ["--last-course-from", "x"],
     ["--colour", "red"]],
)  # fmt: skip
def test_what_is_no_filter_is_a_usage_error(words: list[str], people: list[One], run: Run) -> None:
    done = run("patients", "list", *words)
    assert (done.code, done.out) == (2, "")


def test_a_centre_that_is_none(people: list[One], run: Run) -> None:
    done = run("patients", "list", "--centre", "NOP99")
    assert (done.code, done.out) == (3, "")
    assert "NOP99" in done.err
