"""`msreg patients`: the overview, one patient, looking somebody up, and what is missing."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from msreg.commands.opening import at_work
from msreg.commands.patients_browse import add_browse
from msreg.commands.patients_consent import add_consent
from msreg.commands.patients_entry import add_entry
from msreg.commands.patients_history import add_history
from msreg.commands.patients_life import add_life
from msreg.commands.patients_mail import add_mail
from msreg.commands.patients_sharing import add_sharing
from msreg.errors import NotFound, Usage
from msreg.screen.ask import ask_bsn
from msreg.screen.command import command, group
from msreg.screen.kinds import Kind, Patient, offered
from msreg.screen.narrowing import Narrowing, asked, narrowed
from msreg.screen.overview import page_result
from msreg.screen.result import Result
from msreg.services.patients import Asked, overview
from msreg.store.queries.overview import SORTS
from msreg.vocabulary import N_

app = group("patients", help=N_("People in the registry: overview, one patient, what is missing."))

Reveal = Annotated[bool, typer.Option("--reveal", help=N_("Show whole BSNs; this is logged."))]


@command(app, "list", help=N_("The overview: every column a filter, every column a sort."),
         example="msreg patients list --centre AMS01 --incomplete\nmsreg patients list --born 1970 --sort name",
         json=True)  # fmt: skip
@narrowed
def list_(
    narrowing: Narrowing,
    own: Annotated[bool, typer.Option("--own", help=N_("Only patients whom the own centre registered."))] = False,
    shared: Annotated[bool, typer.Option("--shared", help=N_("Only patients who are shared."))] = False,
    all_: Annotated[bool, typer.Option("--all", help=N_("Own and shared patients (this is the default)."))] = False,
    sort: Annotated[
        str,
        typer.Option(
            autocompletion=lambda: list(SORTS),
            help=N_(
                "Column to sort on: number name born bsn patient-number sex phenotype shared complete"
                " last-course deceased ended changed centre."
            )
        ),
    ] = "number",
    reverse: Annotated[bool, typer.Option("--reverse", help=N_("Sort the other way round."))] = False,
    page: Annotated[int, typer.Option(min=1, help=N_("Which page."))] = 1,
    page_size: Annotated[
        int | None, typer.Option(min=1, max=10_000, help=N_("Patients on a page."))
    ] = None,
    reveal: Reveal = False,
) -> Result:  # fmt: skip
    """The overview of chapter 4 of the manual."""
    if own + shared + all_ > 1:
        raise Usage(N_("Choose one of --own, --shared and --all."))
    with at_work() as desk:
        wanted = asked(
            narrowing,
            scope="own" if own else "shared" if shared else "all",
            sort=sort,
            descending=reverse,
            page=page,
            page_size=page_size or desk.edge.settings.page_size,
        )
        found = overview(desk.registry, by=desk.by, asked=wanted, today=desk.today, reveal=reveal)
        many = desk.by.centres is None and wanted.centre is None
    return page_result(found, desk.today, reveal=reveal, many_centres=many)


@command(app, "find", help=N_("Look somebody up by name, birth date, number or BSN."),
         example="msreg patients find bakker\nmsreg patients find --born 03-01-1970\nmsreg patients find bsn",
         json=True)  # fmt: skip
def find(
    text: Annotated[
        str | None,
        typer.Argument(
            help=N_("First letters of the name, a patient number, an MS number, or bsn to be asked."),
            autocompletion=offered(Kind.PATIENT),
        ),
    ] = None,
    born: Annotated[str | None, typer.Option(help=N_("Birth date, or a year alone."))] = None,
    centre: Annotated[
        str | None, typer.Option(help=N_("Patients of this centre."), autocompletion=offered(Kind.CENTRE))
    ] = None,
    reveal: Reveal = False,
) -> Result:  # fmt: skip
    """At most one page; exit 3 when nobody fits."""
    if text is None and born is None:
        raise Usage(N_("Say whom to look for: part of a name, a number, --born, or bsn."), field="text")
    name, bsn = ask_bsn(text)
    with at_work() as desk:
        size = desk.edge.settings.page_size
        tries = [Asked(name=name, bsn=bsn, born=born, centre=centre, sort="name", page_size=size)]
        if name and any(c.isdigit() for c in name):
            tries = [_by_number(name, born, centre, size)]
        found = overview(desk.registry, by=desk.by, asked=tries[0], today=desk.today, reveal=reveal)
    if not found.rows:
        raise NotFound(
            N_("Nobody among those whom you may see fits."),
            hint=N_("Try fewer letters, or the birth year alone."),
        )
    return page_result(found, desk.today, reveal=reveal, many_centres=desk.by.centres is None)


def _by_number(text: str, born: str | None, centre: str | None, size: int) -> Asked:
    """A number is an MS number when it says so, else the number that a centre gave."""
    if ":" in text:
        centre, text = text.split(":", 1)
        return Asked(patient_number=text.strip(), born=born, centre=centre.strip(), page_size=size)
    if text.upper().startswith("MS-"):
        digits = text[3:].lstrip("0")
        if not digits.isdigit():
            raise Usage(N_("A patient is named as MS-0000012 or as AMS01:00001."), field="text")
        return Asked(number=int(digits), born=born, centre=centre, page_size=size)
    digits = text.translate({ord(each): None for each in " .-"})
    if digits.isdigit() and len(digits) == 9:
        raise Usage(
            N_("A BSN does not belong in a command line, where others can read it."),
            hint=N_(
                "Write bsn in its place and type the BSN when you are asked, or - to read it from a pipe."
            ),
            field="text",
        )
    return Asked(patient_number=text, born=born, centre=centre, page_size=size)


@command(app, "show", help=N_("One patient: personal data, diagnosis, state and sharing."),
         example="msreg patients show MS-0000012\necho 999990019 | msreg patients show -", json=True)  # fmt: skip
def show(patient: Patient, reveal: Reveal = False) -> Result:
    """Everything but the courses, the disease history and the medication, which have lists of their own."""
    from msreg.screen.record import patient_data, show_patient
    from msreg.services.records import read_record

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        record = read_record(
            desk.registry, by=desk.by, event="patients.show", patient=name, bsn=bsn, segment="patient",
            reveal=reveal,
        )  # fmt: skip
    return Result(
        lambda: patient_data(record, reveal=reveal),
        lambda screen: show_patient(screen, record, desk.today, reveal=reveal),
    )


@command(app, "why", help=N_("Why a patient is not complete: each open question, and what fills it."),
         example="msreg patients why MS-0000012", json=True)  # fmt: skip
def why(patient: Patient) -> Result:
    """The open required questions, with the command for each."""
    from msreg.screen.why import show_why, why_data
    from msreg.services.records import questions_open, read_record

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        record = read_record(
            desk.registry, by=desk.by, event="patients.why", patient=name, bsn=bsn, segment="completeness"
        )
        found = questions_open(record)
    data: Any = lambda: why_data(record, found)  # noqa: E731
    return Result(data, lambda screen: show_why(screen, record, found))


add_entry(app)


add_history(app)
add_life(app)
add_consent(app)
add_mail(app)
add_sharing(app)
add_browse(app)
