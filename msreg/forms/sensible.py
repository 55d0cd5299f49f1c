"""Whether the words of one item go together."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from msreg.forms.definition import Item, Type
from msreg.vocabulary import N_

NORMALISE = ("bsn", "postcode", "email")
NUMBERS = (Type.INTEGER, Type.DECIMAL)
_DEFAULTS = (Type.BOOLEAN, Type.CHOICE, Type.TEXT)


class Wrong(Exception):
    """Why a form cannot be used."""

    def __init__(self, reason: str, **params: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = params


def sensible(item: Item, sections: Collection[str]) -> None:
    """Refuse an item whose words contradict each other. Raises `Wrong` with the reason."""
    if (item.type in (Type.CHOICE, Type.CHOICES)) is not bool(item.choices):
        raise Wrong(N_("choices belong to the types choice and choices, and only there"))
    _distinct(item)
    if item.normalise and item.normalise not in NORMALISE:
        raise Wrong(N_("normalise knows only {known}"), known=", ".join(NORMALISE))
    if item.or_unknown and item.type not in NUMBERS:
        raise Wrong(N_("or_unknown is for numbers"))
    if item.max_length is not None and (item.type is not Type.TEXT or item.max_length < 1):
        raise Wrong(N_("max_length is for texts, and at least 1"))
    if item.section and item.section not in sections:
        raise Wrong(N_("there is no section {name}"), name=item.section)
    if item.type in NUMBERS and item.min is not None and item.max is not None:
        if Decimal(item.min) > Decimal(item.max):
            raise Wrong(N_("min is more than max"))
    if item.default is not None:
        if item.type is Type.CHOICE and item.default not in item.order:
            raise Wrong(N_("the default is not one of the choices"))
        if isinstance(item.default, bool) is not (item.type is Type.BOOLEAN) or item.type not in _DEFAULTS:
            raise Wrong(N_("a default is for yes or no, one choice or a text"))
    if item.required and item.required_when is not None:
        raise Wrong(N_("required and required_when exclude each other"))


def _distinct(item: Item) -> None:
    """Every word that people write for a choice means that choice alone, and lists can be told apart."""
    codes = [choice.code for choice in item.choices]
    if len(set(codes)) != len(codes):
        raise Wrong(N_("two choices have the same code"))
    if not item.value_list:
        for name, meant in item.by_name.items():
            if len(meant) > 1:
                raise Wrong(
                    N_("the choices {codes} share the word {name}"), codes=", ".join(meant), name=name
                )
    if item.type is Type.CHOICES:
        for name in item.by_name:
            if "," in name or ";" in name:
                raise Wrong(N_("the word {name} holds a comma or semicolon, which part answers"), name=name)
