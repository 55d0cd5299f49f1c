"""What changed between two versions of a form, for people who must know what to expect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from msreg.forms.definition import Form, Item
from msreg.forms.showing import show
from msreg.forms.words import (
    PRIVACY,
    Translate,
    choice_in_words,
    in_words,
    limits_in_words,
    required_in_words,
    type_in_words,
)
from msreg.vocabulary import N_, Language


class ChangeKind(StrEnum):
    """What happened to a part of a form."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


KINDS: Mapping[ChangeKind, str] = {
    ChangeKind.ADDED: N_("added"),
    ChangeKind.REMOVED: N_("removed"),
    ChangeKind.CHANGED: N_("changed"),
}
"""The kinds in words, to be translated where they are shown."""

_IN: Mapping[Language, tuple[str, str]] = {
    Language.NL: (N_("label in Dutch"), N_("help in Dutch")),
    Language.EN: (N_("label in English"), N_("help in English")),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `item` is None for the form as a whole; `what` is a text to be translated.

    `before` and `after` are in the language that was asked for; None where there was or is nothing.
    """

    kind: ChangeKind
    item: str | None
    what: str
    before: str | None
    after: str | None


def diff(old: Form, new: Form, language: str = "en", translate: Translate = str) -> list[Change]:
    """Every difference between two forms: of the form itself, then per question in the new order."""
    changes = list(_changed(None, _form_facts(old), _form_facts(new)))
    changes += [
        Change(ChangeKind.REMOVED, item.key, N_("question"), item.label[language], None)
        for item in old.items
        if item.key not in new.by_key
    ]
    changes += _order(None, N_("order of the questions"), old.keys, new.keys)
    for item in new.items:
        if item.key not in old.by_key:
            changes.append(Change(ChangeKind.ADDED, item.key, N_("question"), None, item.label[language]))
            continue
        before = old[item.key]
        changes += _changed(
            item.key,
            _item_facts(before, old, language, translate),
            _item_facts(item, new, language, translate),
        )
        changes += _choices(before, item, language)
    return changes


def _form_facts(form: Form) -> dict[str, str | None]:
    return {
        N_("version"): str(form.version),
        **{_IN[each][0]: form.label[each] for each in Language},
        N_("sheet"): form.sheet,
        N_("label of the sheet"): " / ".join(form.sheet_label.get(each, "") for each in Language).strip(" /"),
        N_("told apart by"): ", ".join(form.identity),
        N_("sections"): ", ".join(
            f"{each.key}: {' / '.join(each.label[language] for language in Language)}"
            for each in form.sections
        ),
    }


def _item_facts(item: Item, form: Form, language: str, translate: Translate) -> dict[str, str | None]:
    return {
        **{_IN[each][0]: item.label[each] for each in Language},
        **{_IN[each][1]: item.help.get(each) for each in Language},
        N_("type"): type_in_words(item, translate),
        N_("required"): required_in_words(item, form, language, translate),
        N_("asked if"): in_words(item.when, form, language, translate) if item.when else None,
        N_("limits"): limits_in_words(item, language, translate),
        N_("at first"): _default(item, language),
        N_("value list"): item.value_list,
        N_("written as"): item.normalise,
        N_("privacy"): translate(PRIVACY[item.privacy]),
        N_("kept in"): translate(N_("a column of its own") if item.column else N_("the column answers")),
        N_("section"): item.section,
    }


def _default(item: Item, language: str) -> str | None:
    """A default choice goes by its code, so that a new label is told once."""
    if item.default is None or isinstance(item.default, str):
        return item.default
    return show(item, item.default, language)


def _changed(
    key: str | None, before: Mapping[str, str | None], after: Mapping[str, str | None]
) -> Iterator[Change]:
    for what, now in after.items():
        was = before[what]
        if (was or None) != (now or None):
            kind = ChangeKind.CHANGED if was and now else ChangeKind.ADDED if now else ChangeKind.REMOVED
            yield Change(kind, key, what, was or None, now or None)


def _choices(before: Item, after: Item, language: str) -> Iterator[Change]:
    for choice in before.choices:
        if choice.code not in after.order:
            words = choice_in_words(choice, language)
            yield Change(ChangeKind.REMOVED, after.key, N_("choice"), words, None)
    for choice in after.choices:
        was = before.choice(choice.code)
        words = choice_in_words(choice, language)
        if was is None:
            yield Change(ChangeKind.ADDED, after.key, N_("choice"), None, words)
            continue
        for each in Language:
            if was.label[each] != choice.label[each]:
                told = (choice_in_words(was, each), choice_in_words(choice, each))
                yield Change(ChangeKind.CHANGED, after.key, N_("choice"), *told)
        if was.also != choice.also:
            words_before, words_after = (f"{choice.code}: {', '.join(each.also)}" for each in (was, choice))
            what = N_("other words for a choice")
            yield Change(ChangeKind.CHANGED, after.key, what, words_before, words_after)
    yield from _order(after.key, N_("order of the choices"), tuple(before.order), tuple(after.order))


def _order(key: str | None, what: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[Change]:
    """Whether what both have stands in another order; what stayed in place at both ends is left out."""
    was = [each for each in before if each in after]
    now = [each for each in after if each in before]
    while was and was[-1] == now[-1]:
        was, now = was[:-1], now[:-1]
    while was and was[0] == now[0]:
        was, now = was[1:], now[1:]
    if was:
        yield Change(ChangeKind.CHANGED, key, what, ", ".join(was), ", ".join(now))
