"""What can be wrong with a batch file as such, by code; `msreg rules` lists these beside the checks."""

from __future__ import annotations

from collections.abc import Mapping

from msreg.forms.problems import Kind
from msreg.services.placed import PlacedFinding
from msreg.vocabulary import N_, Severity

_E, _W = Severity.ERROR, Severity.WARNING
KINDS: Mapping[str, Kind] = {
    each.code: each
    for each in (
        Kind("FIL-001", _E, N_("A sheet is missing."), N_("no sheet medication"),
             N_("an empty sheet medication with its headers")),
        Kind("FIL-002", _W, N_("A sheet is not known and is not read."), N_("Sheet5"), N_("courses")),
        Kind("FIL-003", _E, N_("A column is not known."), N_("edds"), N_("edss, or EDSS score")),
        Kind("FIL-004", _E, N_("A column stands there twice."), N_("edss and EDSS score"), N_("edss")),
        Kind("FIL-005", _E, N_("A column that names the record is missing."),
             N_("courses without patient_number"), N_("courses with patient_number")),
        Kind("FIL-006", _E, N_("There is no such centre."), N_("AMS99"), N_("AMS01")),
        Kind("FIL-007", _E, N_("You may not write for this centre."), N_("another centre's code"),
             N_("your own centre's code")),
        Kind("FIL-008", _E, N_("There is no such patient in the file or the registry."),
             N_("a course of patient 99999"), N_("a course of a patient of the sheet patients")),
        Kind("FIL-009", _E, N_("The same record stands in the file twice."),
             N_("two rows for one patient"), N_("one row for each patient")),
        Kind("FIL-010", _E, N_("A row does not say which record it is."),
             N_("a course without a date"), N_("a course with its date")),
        Kind("FIL-011", _E, N_("There is no such medication of this patient."),
             N_("a side effect of a medicine that was not given"), N_("a side effect of a medicine given")),
        Kind("FIL-012", _E, N_("A sheet stands there twice."), N_("courses and Belopen"), N_("courses")),
        Kind("FIL-013", _E, N_("A cell holds an error of the spreadsheet."), N_("#N/A"), N_("an answer")),
        Kind("FIL-014", _E, N_("A cell holds a formula that was saved without its result."),
             N_("=B2*2, written by a program"), N_("the same workbook, opened in Excel and saved")),
        Kind("FIL-015", _W, N_("Merged cells were read as one value, for the rows that they span."),
             N_("a patient number merged over three rows"), N_("the patient number in each row")),
        Kind("FIL-016", _W, N_("Hidden rows, columns or sheets were read too."),
             N_("a filter that hides rows"), N_("a sheet that shows all its rows")),
        Kind("FIL-017", _W, N_("The text is not UTF-8 and was read as Windows-1252."),
             N_("CSV saved by an old Excel"), N_("CSV saved as 'CSV UTF-8'")),
        Kind("FIL-018", _W, N_("The dates of the workbook count from 1904."),
             N_("a workbook of an old Mac"), N_("a workbook that counts from 1900")),
        Kind("FIL-019", _W, N_("The file was made for another version of the forms."),
             N_("a template of last year"), N_("a new template")),
        Kind("FIL-020", _W, N_("Somebody entered a newer answer by hand; it is kept."),
             N_("a file from before the correction"), N_("a file with the corrected answer, or --overwrite")),
        Kind("FIL-021", _W, N_("Words for \"nothing\" were read as blank cells."), N_("n.v.t., -"), N_("a blank cell")),
        Kind("FIL-022", _E, N_("There are more faults than are told one by one."),
             N_("a whole column in the wrong format"), N_("mend the faults that are told, and check again")),
    )
}  # fmt: skip


def of_file(
    code: str, sheet: str, message: str, *, row: int | None = None, column: str | None = None,
    field: str | None = None, hint: str | None = None, params: Mapping[str, object] | None = None,
) -> PlacedFinding:  # fmt: skip
    """A finding about a file or a sheet as such."""
    return PlacedFinding(sheet, row, column, field, code, KINDS[code].severity, message, hint, params or {})
