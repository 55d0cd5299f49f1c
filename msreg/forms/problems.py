"""What can be wrong with one answer, by code; `msreg rules` lists these beside the checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from msreg.vocabulary import N_, Severity


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its manual page is the title, a bad example and a good one."""

    code: str
    severity: Severity
    title: str
    bad: str
    good: str


_E, _W = Severity.ERROR, Severity.WARNING

KINDS: Mapping[str, Kind] = {
    each.code: each
    for each in (
        Kind("FRM-001", _E, N_("A required question has no answer."), N_("an empty sex"), N_("female")),
        Kind("FRM-002", _E, N_("This is not a date."), N_("31-02-2022, 1/2/22"), N_("2022-03-31")),
        Kind("FRM-003", _E, N_("This is not a number."), N_("about three"), N_("3.5 or 3,5")),
        Kind("FRM-004", _E, N_("The number is too low or too high."), N_("99999 mg"), N_("1000 mg")),
        Kind("FRM-005", _E, N_("This is not one of the possible answers."), N_("vrouwelijk?"), N_("vrouw")),
        Kind("FRM-006", _E, N_("The date lies too early or in the future."),
             N_("2090-05-05"), N_("2022-05-05")),
        Kind("FRM-007", _E, N_("This is neither yes nor no."), N_("perhaps"), N_("yes")),
        Kind("FRM-008", _E, N_("The text is too long."), N_("a name of 300 characters"), N_("Bakker")),
        Kind("FRM-009", _W, N_("The answer does not count: its question is not asked."),
             N_("an MRI date while no MRI was done"), N_("an MRI date with an MRI")),
        Kind("FRM-010", _E, N_("The text holds invisible control characters."),
             N_("a name with an escape code"), N_("Bakker")),
        Kind("FRM-011", _W, N_("An estimate is read as a number."), N_("~12"), N_("12")),
        Kind("FRM-012", _E, N_("This is not a whole number."), N_("2.5 days"), N_("3 days")),
        Kind("FRM-013", _W, N_("The BSN got back the zero that it had lost in front."),
             N_("99990019 (8 digits)"), N_("999990019")),
        Kind("FRM-014", _E, N_("This names more than one possible answer."),
             N_("L03AB07, which is Avonex and Rebif"), N_("Avonex")),
        Kind("FRM-015", _E, N_("This is not a year, month or day."), N_("spring 2019"), N_("2019-05")),
        Kind("FRM-016", _W, N_("A required cell is blank; the answer in the registry is kept."),
             N_("an empty EDSS score where the registry has one"), N_("the EDSS score")),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem with one answer; the text never holds the answer."""

    code: str
    message: str
    hint: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """Error: the answer is refused. Warning: it is told how it was read."""
        return KINDS[self.code].severity
