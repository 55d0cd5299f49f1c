"""Forms from the FHIR Questionnaires that `fhir.to_questionnaire` wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msreg.forms.definition import Form
from msreg.forms.fhir_words import MAX_VALUE, MIN_VALUE, TRANSLATION, UNIT, own
from msreg.forms.load import BrokenForm, build_form
from msreg.vocabulary import N_

Resource = Mapping[str, Any]

_LIMITS = {MIN_VALUE: "min", MAX_VALUE: "max", own("min"): "min", own("max"): "max"}


def from_questionnaire(resource: Resource) -> Form:
    """The form that a Questionnaire of ours holds, checked like a form file.

    Raises `BrokenForm` with item and reason; Questionnaires of others lack what our forms need, such as
    privacy and Dutch labels.
    """
    name = str(resource.get("url", "Questionnaire"))
    try:
        plain = _form(resource)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
        why = f"{type(fault).__name__}: {fault}"
        raise BrokenForm(N_("{file} cannot be read: {why}."), file=name, why=why) from None
    return build_form(plain, name)


def _form(resource: Resource) -> dict[str, Any]:
    label = _texts(resource, "title")
    plain: dict[str, Any] = {
        "key": next(each["value"] for each in resource["identifier"] if each["system"] == own("form")),
        "version": int(resource["version"]),
        "label": label,
        "identity": [_value(each) for each in _all(resource, "identity")],
        "sections": [_section(each) for each in _all(resource, "form-section")],
        "items": [_item(each) for each in _flat(resource["item"])],
    }
    for each in _all(resource, "sheet"):
        plain["sheet"] = _value(each)
    for each in _all(resource, "sheet-label"):
        plain["sheet_label"] = _both(each)
    return plain


def _flat(items: list[Resource]) -> Iterator[Resource]:
    for item in items:
        if item["type"] == "group":
            yield from _flat(item["item"])
        else:
            yield item


def _section(extension: Resource) -> dict[str, Any]:
    parts = {part["url"]: part for part in extension["extension"]}
    return {"key": _value(parts["key"]), "label": _both(parts["label"])}


def _item(item: Resource) -> dict[str, Any]:
    plain: dict[str, Any] = {"key": item["linkId"], "type": _type(item), "label": _texts(item, "text")}
    plain |= {"required": item.get("required", False), "privacy": _one(item, "privacy")}
    for name in ("column", "or-unknown", "section", "normalise", "value-list"):
        if (word := _one(item, name)) is not None:
            plain[name.replace("-", "_")] = word
    for each in _all(item, "help"):
        plain["help"] = _both(each)
    for extension in item.get("extension", ()):
        if extension["url"] in _LIMITS:
            plain[_LIMITS[extension["url"]]] = _value(extension)
        if extension["url"] == UNIT:
            plain["unit"] = extension["valueCoding"]["code"]
    for name in ("when", "required-when"):
        for each in _all(item, name):
            plain[name.replace("-", "_")] = _condition(each)
    if "maxLength" in item:
        plain["max_length"] = item["maxLength"]
    options = item.get("answerOption", [])
    if options and "value_list" not in plain:
        plain["choices"] = [_choice(option["valueCoding"]) for option in options]
    defaults = [option["valueCoding"]["code"] for option in options if option.get("initialSelected")]
    defaults += [_value(each) for each in item.get("initial", ())]
    return plain | ({"default": defaults[0]} if defaults else {})


def _type(item: Resource) -> str:
    kind = str(item["type"])
    if _one(item, "partial-date"):
        return "partial_date"
    if kind == "choice" and item.get("repeats"):
        return "choices"
    return "text" if kind == "string" else kind


def _condition(extension: Resource) -> dict[str, Any]:
    parts = extension["extension"]
    behavior = next(_value(part) for part in parts if part["url"] == "behavior")
    terms = [part["extension"] for part in parts if part["url"] == "term"]
    return {behavior: [{part["url"]: _value(part) for part in term} for term in terms]}


def _choice(coding: Resource) -> dict[str, Any]:
    also = [_value(each) for each in _all(coding, "also")]
    return {"code": coding["code"], "label": _texts(coding, "display"), "also": also}


def _all(resource: Resource, name: str) -> list[Resource]:
    return [each for each in resource.get("extension", ()) if each["url"] == own(name)]


def _one(resource: Resource, name: str) -> Any:
    return next((_value(each) for each in _all(resource, name)), None)


def _value(resource: Resource) -> Any:
    """What stands behind `value…`, whatever its type."""
    return next(value for name, value in resource.items() if name.startswith("value"))


def _both(extension: Resource) -> dict[str, str]:
    return {part["url"]: _value(part) for part in extension["extension"]}


def _texts(resource: Resource, name: str) -> dict[str, str]:
    texts = {"en": resource.get(name, "")}
    for extension in resource.get(f"_{name}", {}).get("extension", ()):
        if extension["url"] == TRANSLATION:
            parts = {part["url"]: _value(part) for part in extension["extension"]}
            texts[parts["lang"]] = parts["content"]
    return texts
