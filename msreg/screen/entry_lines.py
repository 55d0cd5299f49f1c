"""How a guided entry reads: its questions as words, and the line that each answer leaves on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from msreg.errors import fill
from msreg.forms.definition import UNKNOWN, Form, Item, Type
from msreg.forms.showing import show, unit_of
from msreg.forms.spoken_dates import as_written
from msreg.forms.values import reader
from msreg.forms.walking import is_required, progress
from msreg.forms.words import limits_in_words
from msreg.rules.names import mask_bsn
from msreg.screen.language import _, active, ngettext
from msreg.screen.prompter import Option, Question
from msreg.screen.table import Cell
from msreg.screen.widths import pad, width, wrap
from msreg.services.answering import option
from msreg.vocabulary import N_, Severity

SHAPES: Mapping[Type, str] = {
    Type.DATE: N_("yyyy-mm-dd"),
    Type.PARTIAL_DATE: N_("yyyy, yyyy-mm or yyyy-mm-dd"),
}


def as_question(
    form: Form,
    item: Item,
    values: Mapping[str, Any],
    *,
    today: date,
    needed: bool,
    status: str,
    typed: Any = None,
) -> Question:
    """A question of a form as one to ask; `typed` is what was refused before and may be mended."""
    language = active()
    required = is_required(form, item, values)
    value = values.get(item.key, item.default)
    options = options_of(item)
    shape = _(SHAPES[item.type]) if item.type in SHAPES else item.unit or ""
    if item.or_unknown:
        shape = f"{shape} / {show(item, UNKNOWN, language)}".lstrip(" /")
    if is_masked(item) and value is not None and typed is None:
        value, shape = None, mask_bsn(value) or ""
    if not options:
        value = typed if typed is not None else None if value is None else show(item, value, language)
    return Question(
        indent(form, item) + item.label[language],
        option(item.key),
        required=required,
        value=value,
        options=options,
        several=item.type is Type.CHOICES,
        check=_checker(item, today, required=required, needed=needed),
        shape=shape,
        help=tuple(help_lines(form, item)),
        status=status,
        open_words=None if needed else _("leave it open for now") if required else _("no answer"),
    )


def is_masked(item: Item) -> bool:
    """Whether the answer shows its end only (SPEC C8); an empty reply keeps it."""
    return item.key == "bsn"


def options_of(item: Item) -> tuple[Option, ...]:
    """The possible answers of a question; none where a text is typed."""
    language = active()
    if item.type is Type.BOOLEAN:
        yes, no = show(item, True, language), show(item, False, language)
        return Option(True, yes), Option(False, no)
    return tuple(Option(each.code, each.label[language], (each.code, *each.also)) for each in item.choices)


def indent(form: Form, item: Item) -> str:
    """Spaces in front of a question that another one opened."""
    return "  " * _depth(form, item)


def _depth(form: Form, item: Item) -> int:
    if item.when is None:
        return 0
    above = [form[key] for key in item.when.items if key not in form.identity]
    return max((1 + _depth(form, each) for each in above), default=0)


def _checker(item: Item, today: date, *, required: bool, needed: bool) -> Any:
    """What is wrong with a typed text. A required question is left open by a second empty reply."""
    warned: list[str] = []

    def check(text: str) -> str | None:
        if not text.strip():
            if needed:
                return _("an answer is required: without it the record cannot be found again")
            if required and not warned:
                warned.append(item.key)
                return _("an answer is required; press enter once more to leave it open for now")
            return None
        value, problem = read(item, text, today)
        if value is None and problem is not None:
            return fill(problem.message, problem.params, _)
        return None

    return check


def read(item: Item, text: Any, today: date) -> Any:
    """The answer and what is to be said of it; days are read as people type them."""
    if isinstance(text, str) and item.type in (Type.DATE, Type.PARTIAL_DATE):
        text = as_written(text, today)
    value, problem = reader(item, today)(text)
    return value, problem


def note_of(problem: Any) -> str | None:
    """How an answer was read, when that has to be told."""
    if problem is None or problem.severity is not Severity.WARNING:
        return None
    return fill(problem.message, problem.params, _)


def help_lines(form: Form, item: Item) -> list[str]:
    """What `?` shows: the help of the question, its limits, its unit."""
    language = active()
    lines = [item.help[language]] if item.help.get(language) else []
    if limits := limits_in_words(item, language, _):
        lines.append(limits)
    if item.type is Type.DATE:
        lines.append(_("A date such as 2022-03-31, 31-03-2022, 31 mar 2022, today or yesterday."))
    if item.type in (Type.CHOICE, Type.CHOICES, Type.BOOLEAN):
        lines.append(_("Type the first letters, or go up and down with the arrow keys."))
    return lines or [_("There is no more to say about this question.")]


def closed_section(form: Form, item: Item, values: Mapping[str, Any]) -> list[str]:
    """The keys of a section that begins at this question, when it is long, may stay empty, and is empty."""
    group = [each for each in form.items if item.section and each.section == item.section]
    if len(group) < _LONG or group[0] is not item:
        return []
    if any(each.required or each.required_when or each.when or each.key in values for each in group):
        return []
    return [each.key for each in group]


_LONG = 4


def section_question(form: Form, item: Item, group: list[str], status: str) -> Question:
    """Whether to go into such a section."""
    language = active()
    title = next(each.label[language] for each in form.sections if each.key == item.section)
    return Question(
        title,
        option(item.key),
        options=(Option(True, _("fill in")), Option(False, _("pass over"))),
        value=False,
        help=(_("These {count} questions belong together and may stay empty.").format(count=len(group)),),
        status=status,
    )


def answer_lines(form: Form, item: Item, value: Any, columns: int) -> list[tuple[str | Cell, ...]]:
    """What an answer leaves: a star when it is required, the question, the answer; a long one goes on below."""
    room = label_room(columns)
    label = indent(form, item) + item.label[active()]
    label = pad(label, room) if width(label) <= room else label
    mark = "*" if item.required or item.required_when else " "
    if value is None:
        return [(Cell(f"{mark} ", "grey"), label, " ", Cell("–", "grey"))]
    before = 2 + room + 1
    first, *more = wrap(answer_text(item, value) + unit_of(item, value), max(8, columns - before))
    return [
        (Cell(f"{mark} ", "grey"), label, " ", Cell(first, "accent")),
        *((" " * before, Cell(each, "accent")) for each in more),
    ]


def answer_text(item: Item, value: Any) -> str:
    """An answer as an entry shows it: of a BSN its end."""
    return mask_bsn(value) or "–" if is_masked(item) else show(item, value, active())


def label_room(columns: int) -> int:
    """Columns for the labels of questions, by the width of the terminal."""
    return max(12, min(33, columns // 2 - 2))


def status_line(forms: tuple[Form, ...], values: Mapping[str, Any], room: int) -> str:
    """How far the entry is, and which required questions are open."""
    done = progress(forms, values)
    closed = sum(len(closed_section(form, item, values)) for form in forms for item in form.items)
    said = _("{answered} of {asked} answered, saved").format(
        answered=done.answered, asked=done.asked - closed
    )
    labels = [item.label[active()] for item in done.open]
    if not labels:
        return said
    text = f"{said} · {_('open')}: {', '.join(labels)}"
    while width(text) > room and len(labels) > 1:
        labels.pop()
        text = f"{said} · {_('open')}: {', '.join(labels)} …"
    if width(text) > room:
        text = f"{said} · " + ngettext("{count} open", "{count} open", len(done.open))
    return text if width(text) <= room else said
