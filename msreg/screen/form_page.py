"""A form as people read it: question by question, with what can be answered and when it is asked."""

from __future__ import annotations

from msreg.forms.definition import Form, Item, Type
from msreg.forms.showing import show as shown
from msreg.forms.words import in_words, limits_in_words, required_in_words, type_in_words
from msreg.screen.language import _, active, ngettext
from msreg.screen.output import Screen
from msreg.screen.table import Cell
from msreg.screen.widths import pad, width, wrap

MANY = 8
"""Choices up to this number stand below each other, more of them in one paragraph."""


def show_form(screen: Screen, form: Form) -> None:
    """Heading, then each question: a star when required, its key, its label, and the rest indented."""
    language = active()
    sheet = _("sheet {sheet}").format(sheet=form.sheet) if form.sheet else None
    facts = [
        _("version {version}").format(version=form.version),
        sheet,
        ngettext("{count} question", "{count} questions", len(form.items)),
    ]
    screen.line(
        Cell(form.label[language], "white"), Cell(f"  {form.key}  ", "accent"), Cell(_listed(facts), "grey")
    )
    sections = {each.key: each.label[language] for each in form.sections}
    room = max(width(key) for key in form.keys)
    section: str | None = None
    for item in form.items:
        screen.line()
        if item.section != section:
            section = item.section
            if section:
                screen.line(Cell(sections[section], "white"))
        _show_item(screen, item, form, room)
    if any(item.required for item in form.items):
        screen.line()
        screen.line(_("* an answer is required when the question is asked"), tone="grey")
    screen.next(f"msreg forms export {form.key}", _("As a codebook"))


def _show_item(screen: Screen, item: Item, form: Form, room: int) -> None:
    language = active()
    star = "*" if item.required else " "
    screen.line(f"{star} ", Cell(pad(item.key, room), "accent"), "  ", item.label[language])
    indent = room + 4

    def told(text: str) -> None:
        screen.text(text, tone="grey", indent=indent)

    told(_listed([type_in_words(item, _), limits_in_words(item, language, _), _default(item)]))
    if item.when is not None:
        told(_("asked if {condition}").format(condition=in_words(item.when, form, language, _)))
    if item.required_when is not None:
        told(_("required {condition}").format(condition=required_in_words(item, form, language, _)))
    if item.help:
        told(item.help[language])
    if item.type not in (Type.CHOICE, Type.CHOICES):
        return
    if len(item.choices) > MANY:
        screen.text(", ".join(each.label[language] for each in item.choices), indent=indent)
        return
    codes = max(width(each.code) for each in item.choices)
    left = screen.edge.width - indent - codes - 2
    for each in item.choices:
        label = each.label[language]
        first, *more = wrap(label, left) if screen.edge.terminal else [label]
        screen.line(" " * indent, Cell(pad(each.code, codes), "accent"), "  ", first)
        for line in more:
            screen.line(" " * (indent + codes + 2), line)


def _default(item: Item) -> str | None:
    if item.default is None:
        return None
    return _("at first {answer}").format(answer=shown(item, item.default, active()))


def _listed(parts: list[str | None]) -> str:
    return ", ".join(each for each in parts if each)
