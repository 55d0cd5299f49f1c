"""`msreg courses`: the dated follow-up of a patient."""

from __future__ import annotations

from msreg.commands.entry import Clear, DryRun, From, Reason, Yes, add_verb, delete, edit
from msreg.commands.opening import at_work
from msreg.errors import NotFound
from msreg.screen.ask import ask_bsn
from msreg.screen.command import command, group
from msreg.screen.form_options import asking
from msreg.screen.kinds import CourseDay, Patient
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell, Column, Row
from msreg.services.dossiers import Entry
from msreg.services.records import PatientRecord, read_record
from msreg.vocabulary import N_, Record

app = group("courses", help=N_("Courses: the dated follow-up of a patient."))

COLUMNS = [
    Column("course_date", N_("Date")),
    Column("edss", N_("EDSS"), align="right"),
    Column("edss_method", N_("How"), shrink=1),
    Column("mri", N_("MRI")),
    Column("new_t2", N_("New T2"), align="right", drop=2),
    Column("gd", N_("Gd"), align="right", drop=2),
    Column("complete", N_("Complete")),
    Column("centre", N_("Written by"), drop=1),
]


@command(app, "list", help=N_("The courses of a patient, newest first; a red date is not complete."),
         example="msreg courses list MS-0000012", json=True)  # fmt: skip
def list_(patient: Patient) -> Result:
    """K3: complete or not, red date when not."""
    from msreg.screen.entries import data, show_list
    from msreg.screen.record import headline

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        record = read_record(
            desk.registry, by=desk.by, event="courses.list", patient=name, bsn=bsn, segment="courses"
        )
    entries = record.newest_first(Record.COURSE)

    def show(screen: Screen) -> None:
        headline(screen, record)
        screen.line()
        rows = [_row(record, entry) for entry in entries]
        show_list(screen, COLUMNS, rows, nothing=_("No courses yet."))
        if any(entry.row["open_questions"] for entry in entries):
            screen.line()
            screen.next(f"msreg patients why {record.number}", _("What is missing"))

    return Result(lambda: [data(record, entry) for entry in entries], show)


def _row(record: PatientRecord, entry: Entry) -> Row:
    from msreg.screen.entries import complete, told

    date = told(entry, "course_date") or ""
    lacking = entry.row["open_questions"]
    return [
        Cell(date, "red" if lacking else "plain"),
        told(entry, "edss"),
        told(entry, "edss_method"),
        told(entry, "mri_done"),
        told(entry, "mri_new_t2"),
        told(entry, "mri_gd_lesions"),
        complete(entry),
        record.centres.get(entry.row["centre_id"]),
    ]


@command(app, "show", help=N_("One course with every answer."),
         example="msreg courses show MS-0000012 2026-06-30", json=True)  # fmt: skip
def show(
    patient: Patient,
    course_date: CourseDay,
) -> Result:
    """Exit 3 when the patient has no course on that day."""
    from msreg.screen.entries import data, show_entry
    from msreg.screen.record import headline

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        record = read_record(
            desk.registry, by=desk.by, event="courses.show", patient=name, bsn=bsn, segment="courses"
        )
    entry = next(
        (e for e in record.dossier.of(Record.COURSE) if e.values["course_date"] == course_date), None
    )
    if entry is None:
        raise NotFound(
            N_("This patient has no course on {date}."),
            hint=N_("See them with: msreg courses list {patient}"),
            field="course_date",
            date=course_date.isoformat(),
            patient=record.number,
        )

    def page(screen: Screen) -> None:
        headline(screen, record)
        screen.line()
        show_entry(screen, record, entry)

    return Result(lambda: data(record, entry), page)


# K1, K2
add_verb(
    app,
    Record.COURSE,
    help=N_("Add a course; on a terminal its questions are asked, each answer saved at once."),
    example="msreg courses add MS-0000012\nmsreg courses add MS-0000012 --from course.json",
)


@command(app, "edit", help=N_("Change or fill in answers of a course; without an option its open questions are asked."),
         example="msreg courses edit MS-0000012 2026-06-30 --mri-new-t2 0", json=True,
         base=asking(Record.COURSE))  # fmt: skip
def edit_(
    patient: Patient,
    course: CourseDay,
    clear: Clear = None,
    source: From = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> Result:
    """An option for every question of the form."""
    which = {"course_date": course}
    return edit(Record.COURSE, patient, which, source=source, clear=clear, reason=reason, dry_run=dry_run)


@command(app, "delete", help=N_("Delete a course after asking; its history keeps what it was."),
         example="msreg courses delete MS-0000012 2026-06-30", json=True)  # fmt: skip
def delete_(patient: Patient, course: CourseDay, yes: Yes = False, dry_run: DryRun = False) -> Result:
    """K3; `msreg undo` brings it back."""
    return delete(Record.COURSE, patient, {"course_date": course}, yes=yes, dry_run=dry_run)
