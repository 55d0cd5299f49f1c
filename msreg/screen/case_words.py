"""Words of cases that more than one screen uses: states, verdicts, what is missing, traces, sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msreg.rules.case_numbers import CaseNumber
from msreg.rules.case_states import STATE_WORDS
from msreg.rules.case_wanted import Lacking, Wanted
from msreg.rules.case_windows import Included, Judged
from msreg.rules.swansea import CRITERIA, Score
from msreg.screen.language import _, active, ngettext
from msreg.screen.output import Screen
from msreg.screen.shown import number
from msreg.screen.table import Cell
from msreg.screen.tones import Tone
from msreg.vocabulary import N_, CaseState, CaseStep

STATE_TONES: Mapping[CaseState, Tone] = {
    CaseState.CONCEPT: "plain",
    CaseState.SUBMITTED: "accent",
    CaseState.INCOMPLETE: "orange",
    CaseState.APPROVED: "green",
    CaseState.WITHDRAWN: "grey",
}
VERDICTS: Mapping[Included, str] = {
    Included.YES: N_("yes: {why}"),
    Included.NO: N_("no: {why}"),
    Included.UNKNOWN: N_("not known yet: {why}"),
}
_VERDICT_TONES: Mapping[Included, Tone] = {
    Included.YES: "green",
    Included.NO: "red",
    Included.UNKNOWN: "orange",
}
STEP_COMMANDS: Mapping[CaseStep, str] = {
    CaseStep.SUBMIT: "msreg cases submit {case}",
    CaseStep.RETURN: "msreg cases return {case} --remark …",
    CaseStep.APPROVE: "msreg cases approve {case}",
    CaseStep.WITHDRAW: "msreg cases withdraw {case} --remark …",
}
"""The command of each step."""


def state_cell(state: CaseState) -> Cell:
    """A state in words, with its tone."""
    return Cell(_(STATE_WORDS[state]), STATE_TONES[state])


def verdict_cell(judged: Judged) -> Cell:
    """Whether a case falls within its theme, and why."""
    words = _(VERDICTS[judged.included]).format(why=judged.why.text(_))
    return Cell(words, _VERDICT_TONES[judged.included])


def score_words(found: Score) -> str:
    """The Swansea score: as it is, or from the lowest to the highest that is possible still."""
    told = {"low": found.low, "high": found.high, "all": len(CRITERIA)}
    if found.low == found.high:
        return _("score {low} of {all}").format(**told)
    return _("score {low} to {high} of {all}").format(**told)


def missing_count(lacking: Lacking) -> int:
    """How many documents and forms are missing that are wanted in any case."""
    return len(lacking.documents) + len(lacking.forms)


def tell_missing(screen: Screen, lacking: Lacking) -> None:
    """What the list of a theme asks for and is not there, a line each; nothing when it is all there."""
    wanted = [*lacking.documents, *lacking.forms]
    if wanted:
        screen.line(_("Missing from the list of the theme:"), tone="orange")
        for each in wanted:
            screen.text(f"– {label(each)}", "orange", indent=2)
    if lacking.if_applicable:
        screen.line(_("If there is one:"), tone="grey")
        for each in lacking.if_applicable:
            screen.text(f"– {label(each)}", "grey", indent=2)


def tell_traces(screen: Screen, traces: Mapping[str, Mapping[str, int]]) -> None:
    """What may tell who somebody is: how often, by file; never what."""
    if not traces:
        return
    screen.text(_("These files hold what may tell who somebody is; make them anonymous:"), "orange")
    for name, counts in traces.items():
        screen.text(f"{name}: {trace_words(counts)}", "orange", indent=2)


def trace_words(counts: Mapping[str, int]) -> str:
    """What stands in a file, by kind: 1 BSN, 2 dates."""
    return ", ".join(_kind(kind, count) for kind, count in counts.items())


def _kind(kind: str, count: int) -> str:
    match kind:
        case "bsn":
            return ngettext("{count} BSN", "{count} BSNs", count)
        case "name":
            return ngettext("{count} name", "{count} names", count)
        case "date":
            return ngettext("{count} date", "{count} dates", count)
        case "number":
            return ngettext("{count} patient number", "{count} patient numbers", count)
        case "place":
            return _("where a picture was taken")
        case "words":
            return _("words beside a picture")
        case _other:
            return f"{count} {kind}"


def label(each: Wanted) -> str:
    """A wanted document in the language of the call."""
    return each.label[active()]


def size_words(size: int) -> str:
    """The size of a file as people say it: 52 KB, 1.4 MB."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1_000))} KB"
    whole = f"{size / 1_000_000:.1f}"
    return f"{number(float(whole))} MB"


def headline(screen: Screen, case: CaseNumber, theme: Mapping[str, str], centre: str) -> None:
    """The first line of every screen about one case."""
    screen.line(Cell(str(case), "accent"), f"   {theme[active()]}   ", Cell(centre, "grey"))


def next_steps(screen: Screen, case: CaseNumber, steps: Iterable[CaseStep]) -> None:
    """The steps that are possible, as commands."""
    for each in steps:
        screen.next(STEP_COMMANDS[each].format(case=case), _(STEP_WORDS[each]))


STEP_WORDS: Mapping[CaseStep, str] = {
    CaseStep.SUBMIT: N_("Hand it to the coordinator"),
    CaseStep.RETURN: N_("Return it with what is missing"),
    CaseStep.APPROVE: N_("Approve it"),
    CaseStep.WITHDRAW: N_("Withdraw it"),
}
