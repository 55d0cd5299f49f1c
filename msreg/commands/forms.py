"""`msreg forms`: the questions that are asked, and form files of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from msreg.errors import Usage
from msreg.forms.definition import Form
from msreg.forms.diff import KINDS, Change, diff
from msreg.forms.load import FORMS, load
from msreg.forms.write import to_plain
from msreg.screen.command import command, group
from msreg.screen.form_page import show_form
from msreg.screen.language import _, active, ngettext
from msreg.screen.options import OR_FILE
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell, Column, Table, row
from msreg.services.form_files import FormFormat, find_form, read_forms, save_text, write_forms
from msreg.vocabulary import N_

app = group("forms", help=N_("The questions that are asked, and their codebook."))


def _forms(incomplete: str) -> list[str]:
    return [key for key in FORMS if key.startswith(incomplete)]


FORM = N_("A form of msreg (msreg forms list), or a form file.")
Named = Annotated[str, typer.Argument(metavar="FORM", help=FORM, click_type=OR_FILE, autocompletion=_forms)]
Read = Annotated[Path, typer.Argument(metavar="FILE", help=N_("A form file: TOML, JSON or FHIR in JSON."))]
Wanted = Annotated[FormFormat, typer.Option("--format", help=N_("What to write."))]
Out = Annotated[Path | None, typer.Option("--out", help=N_("File to write; without it, to the screen."))]
Overwrite = Annotated[bool, typer.Option("--overwrite", help=N_("Replace the file when it exists."))]

LIST = (
    Column("key", N_("form")),
    Column("label", N_("name"), shrink=1, least=12),
    Column("version", N_("version"), align="right"),
    Column("sheet", N_("sheet"), drop=1),
    Column("questions", N_("questions"), align="right"),
    Column("required", N_("required"), align="right"),
)
DIFFERENCES = (
    Column("item", N_("question")),
    Column("kind", N_("change")),
    Column("what", N_("of what"), shrink=1, least=10, wrap=True),
    Column("change", N_("before → after"), shrink=2, least=24, wrap=True),
)


@command(app, "list", help=N_("All forms of the registry."), example="msreg forms list", json=True)
def list_() -> Result:
    """The forms in the order in which they are asked."""
    found = [load(key) for key in FORMS]

    def show(screen: Screen) -> None:
        rows = (
            row(
                form.key,
                form.label[active()],
                str(form.version),
                form.sheet,
                str(len(form.items)),
                str(_required(form)),
            )
            for form in found
        )
        screen.table(Table(LIST, rows))
        screen.line()
        screen.next("msreg forms show course", _("The questions of one"))

    return Result([_summary(form) for form in found], show)


@command(app, "show", help=N_("The questions of a form, in the order in which they are asked."),
         example="msreg forms show course\nmsreg forms show my-course.toml --json", json=True)  # fmt: skip
def show_(form: Named) -> Result:
    """One form with its conditions in words and its possible answers."""
    found = find_form(form)
    return Result(lambda: _whole(found), lambda screen: show_form(screen, found))


@command(app, "diff", help=N_("What changed between two versions of a form."),
         example="msreg forms diff course my-course.toml", json=True)  # fmt: skip
def diff_(
    old: Annotated[str, typer.Argument(metavar="OLD", help=FORM, click_type=OR_FILE, autocompletion=_forms)],
    new: Annotated[str, typer.Argument(metavar="NEW", help=FORM, click_type=OR_FILE, autocompletion=_forms)],
) -> Result:
    """The differences, of the form itself and then question by question."""
    before, after = find_form(old), find_form(new)
    if before.key != after.key:
        raise Usage(
            N_("These are two forms, {old} and {new}; give two versions of one."),
            old=before.key,
            new=after.key,
        )
    found = diff(before, after, active(), _)

    def show(screen: Screen) -> None:
        if found:
            screen.table(Table(DIFFERENCES, (_told(each) for each in found)))
            screen.line()
        count = ngettext("{count} difference.", "{count} differences.", len(found))
        screen.line(count if found else _("No differences."), tone="grey")

    return Result(lambda: [_difference(each) for each in found], show)


@command(app, "export", help=N_("Write the forms as codebook, as JSON, or as FHIR Questionnaires."),
         example="msreg forms export --out codebook.md\n"
                 "msreg forms export course --format fhir --out course.json")  # fmt: skip
def export(
    forms: Annotated[
        list[str] | None,
        typer.Argument(metavar="FORM", help=N_("Forms to write; without any, all."), autocompletion=_forms),
    ] = None,
    format_: Wanted = FormFormat.MARKDOWN,
    out: Out = None,
    overwrite: Overwrite = False,
) -> Result:
    """Forms of msreg, for people (Markdown) and for other systems."""
    names = list(dict.fromkeys(forms or FORMS))
    return _written(tuple(find_form(name) for name in names), format_, out, overwrite)


@command(app, "convert", help=N_("Write a form file in another format; FHIR comes back without loss."),
         example="msreg forms convert course.json --format json --out course.form.json")  # fmt: skip
def convert(file: Read, format_: Wanted, out: Out = None, overwrite: Overwrite = False) -> Result:
    """A form file of TOML, JSON or FHIR, checked and written again."""
    return _written(read_forms(file), format_, out, overwrite)


@command(app, "check", help=N_("Check a form file, and say which item is wrong and why."),
         example="msreg forms check my-course.toml", json=True)  # fmt: skip
def check(file: Read) -> Result:
    """Load a form file as msreg would; a broken one is refused with file, item and reason."""
    found = read_forms(file)

    def show(screen: Screen) -> None:
        for form in found:
            questions = ngettext("{count} question", "{count} questions", len(form.items))
            screen.line(
                _("{file} is right: form {form}, version {version}, {questions}.").format(
                    file=file.name, form=form.key, version=form.version, questions=questions
                )
            )
        if found[0].key in FORMS:
            screen.next(f"msreg forms diff {found[0].key} {file}", _("What it changes"))

    return Result([{"file": file.name, **_summary(form)} for form in found], show)


def _written(forms: tuple[Form, ...], how: FormFormat, out: Path | None, overwrite: bool) -> Result:
    text = write_forms(forms, how, active(), _)
    if out is not None:
        save_text(out, text, overwrite=overwrite)

    def show(screen: Screen) -> None:
        if out is not None:
            count = ngettext("{count} form", "{count} forms", len(forms))
            screen.line(_("{file}: {forms} written.").format(file=out, forms=count))
            return
        for line in text.splitlines():
            screen.line(line)

    return Result(show=show)


def _required(form: Form) -> int:
    return sum(item.required for item in form.items)


def _summary(form: Form) -> dict[str, Any]:
    return {
        "key": form.key,
        "label": form.label,
        "version": form.version,
        "sheet": form.sheet,
        "questions": len(form.items),
        "required": _required(form),
    }


def _whole(form: Form) -> dict[str, Any]:
    """The form as its file has it, with the answers of value lists too: programs lack those lists."""
    plain = to_plain(form)
    for item, written in zip(form.items, plain["items"], strict=True):
        if item.value_list is not None:
            written["choices"] = [{"code": each.code, "label": dict(each.label)} for each in item.choices]
    return plain


def _difference(each: Change) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "item": each.item,
        "what": _(each.what),
        "before": each.before,
        "after": each.after,
    }


def _told(each: Change) -> tuple[Cell | str | None, ...]:
    change = f"{each.before or '–'} → {each.after or '–'}"
    item = Cell(_("the form"), "grey") if each.item is None else each.item
    return item, _(KINDS[each.kind]), _(each.what), change
