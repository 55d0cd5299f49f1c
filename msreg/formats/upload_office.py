"""Whether a document is a Word or Excel file that only shows something. Runs in the child that judges documents."""

from __future__ import annotations

import posixpath
import re

from msreg.formats.upload_names import Kind
from msreg.formats.upload_package import Package, is_xml, package
from msreg.formats.upload_xml import Elements, Found, local
from msreg.formats.zip_guard import Fault

_KIND = "application/vnd.openxmlformats-officedocument."
_MAIN = {
    Kind.DOCX: (f"{_KIND}wordprocessingml.document.main+xml", "document", "body", "wordprocessingml"),
    Kind.XLSX: (f"{_KIND}spreadsheetml.sheet.main+xml", "workbook", "sheet", "spreadsheetml"),
}
_MACROS = re.compile(r"macro|vba|ms-word\.attachedtoolbars|dialogsheet", re.IGNORECASE)
_WITHIN = re.compile(
    r"oleobject|activex|\.package|aFChunk|(?:^|/)(?:package|control|subDocument|model3d)$", re.IGNORECASE
)
_OUTSIDE = re.compile(
    r"externalLink|connections|queryTable|webextension|taskpane|attachedTemplate|mailMergeSource|recipientData|"
    r"(?:^|/)frame$",
    re.IGNORECASE,
)
_DOES = re.compile(r"ui/(?:user|extensibility)|customui|keymap", re.IGNORECASE)
_SCHEME = re.compile(r"(?:https?://[^\\]|mailto:|tel:|#)", re.IGNORECASE)
_RELATIVE = re.compile(r"[^:/\\][^:\\]*")
_FIELD = re.compile(
    r"^\s*(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|INCLUDE|DATABASE|LINK|MACROBUTTON|RD|HTMLCONTROL)\b",
    re.IGNORECASE | re.MULTILINE,
)
_FORMULA = re.compile(
    r"\b(?:WEBSERVICE|CALL|REGISTER(?:\.ID)?|EXEC|RTD|SQL\.REQUEST|IMAGE|FOPEN|INITIATE)\s*\(|\|\s*'",
    re.IGNORECASE,
)
_FETCHES = re.compile(r"\s*(?:https?|ftp|file|smb|\\\\|//)", re.IGNORECASE)
_INTERESTING = (
    b"<f", b":f", b"nstr", b"src", b"href", b"cript", b"Link", b"altChunk", b"OLEObject", b"ublishing", b"definedName",
)  # fmt: skip
"""Whatever `_Active` looks at has one of these in it: names in XML cannot be spelt in another way."""

_FIELDS = frozenset({"instrText", "delInstrText"})
_FORMULAS = frozenset({"f", "definedName", "formula", "formula1", "formula2"})
_CLICKED = frozenset({"a", "hlinkClick", "shape", "rect", "group", "oval", "line"})
"""Elements whose address is opened by who clicks on them, and by nothing else."""

_NEVER = {
    "script": "script", "altChunk": "attached", "OLEObject": "attached", "ddeLink": "outside", "oleLink": "outside",
    "webPublishing": "outside",
}  # fmt: skip


def judge(data: bytes, kind: Kind) -> None:
    """Raises `Fault` for what is no such file, is damaged, or does more than show something."""
    with package(data) as found:
        types = _types(found)
        main = _main_part(found)
        expected, root, inside, language = _MAIN[kind]
        if _MACROS.search(types.get(main, "")):
            raise Fault("macros")
        if types.get(main, "") != expected or main not in found.parts:
            raise Fault("content")
        for name in found.parts:
            if name.endswith(".rels"):
                _check_relations(found, name)
        for name in found.parts:
            if name.endswith(".rels") or name == "[content_types].xml":
                continue
            if not is_xml(name):
                found.look_at(name)
            elif name == main:
                seen = _Main(inside)
                found.walk(name, seen)
                if local(seen.root) != root or language not in seen.root or not seen.inside:
                    raise Fault("content")
                seen.check()
            else:
                heard = _Active()
                found.walk_large(name, _INTERESTING, heard)
                heard.check()


def _types(found: Package) -> dict[str, str]:
    """What kind each part is said to be, by its name. Raises `Fault` for kinds that do something."""
    heard = Found("Override", "Default")
    found.walk("[content_types].xml", heard)
    types: dict[str, str] = {}
    for _element, entry in heard.found:
        kind = entry.get("ContentType", "")
        if _MACROS.search(kind):
            raise Fault("macros")
        if _WITHIN.search(kind):
            raise Fault("attached")
        if _OUTSIDE.search(kind):
            raise Fault("outside")
        part = entry.get("PartName", "").lstrip("/").lower() or f"*.{entry.get('Extension', '').lower()}"
        if part in types:
            raise Fault("names")
        types[part] = kind
    return types


def _main_part(found: Package) -> str:
    heard = Found("Relationship")
    found.walk("_rels/.rels", heard)
    mains = [each for _, each in heard.found if each.get("Type", "").endswith("/officeDocument")]
    if len(mains) != 1:
        raise Fault("content")
    return posixpath.normpath(mains[0].get("Target", "").lstrip("/")).lower()


def _check_relations(found: Package, name: str) -> None:
    heard = Found("Relationship")
    found.walk(name, heard)
    seen: set[str] = set()
    for _element, entry in heard.found:
        kind, target = entry.get("Type", ""), entry.get("Target", "").strip()
        if (identity := entry.get("Id", "")) in seen:
            raise Fault("names")
        seen.add(identity)
        if _MACROS.search(kind):
            raise Fault("macros")
        if _DOES.search(kind):
            raise Fault("script")
        if _OUTSIDE.search(kind):
            raise Fault("outside")
        if _WITHIN.search(kind):
            raise Fault("attached")
        if entry.get("TargetMode", "Internal") != "Internal":
            if not kind.endswith("/hyperlink"):
                raise Fault("outside")
            if not _SCHEME.match(target) and not (_RELATIVE.fullmatch(target) or not target):
                raise Fault("links")
        elif ":" in target or "\\" in target or target.startswith("//") or _leaves(name, target):
            raise Fault("outside")


def _leaves(name: str, target: str) -> bool:
    """Whether a relation leads out of the file."""
    folder = posixpath.dirname(posixpath.dirname(name))
    return not target.startswith("/") and posixpath.normpath(posixpath.join(folder, target)).startswith("..")


class _Active(Elements):
    """Listens for fields and formulas that fetch or start something, wherever in a document they stand."""

    def __init__(self) -> None:
        super().__init__()
        self._field: list[str] = []
        self._formula: list[str] = []
        self._heard: list[str] | None = None

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Look at what an element says that it does."""
        super().begin(tag, attributes)
        name = local(tag)
        if name in _FIELDS:
            self._heard = self._field
        elif name in _FORMULAS:
            self._heard = self._formula
        elif name == "fldChar":
            self._field.append("\n")  # a field begins or ends: its first word says what it does
        elif name in _NEVER:
            raise Fault(_NEVER[name])
        for key, value in attributes.items():
            plain = local(key)
            if plain == "instr" and name == "fldSimple":
                self._field.append(f"\n{value}\n")
            elif plain in ("src", "href"):
                if name not in _CLICKED and _FETCHES.match(value):
                    raise Fault("outside")
            elif plain.startswith("on") and "svg" in tag:
                raise Fault("script")

    def text(self, text: str) -> None:
        """Keep fields and formulas."""
        if self._heard is not None:
            self._heard.append(text)

    def end(self, tag: str) -> None:
        """Judge a formula that is complete."""
        super().end(tag)
        if self._heard is None:
            return
        name = local(tag)
        if name in _FORMULAS:
            if _FORMULA.search("".join(self._formula)):
                raise Fault("outside")
            self._formula.clear()
        if name in _FORMULAS or name in _FIELDS:
            self._heard = None

    def check(self) -> None:
        """Judge the fields, which may stand in many pieces."""
        if _FIELD.search("".join(self._field)):
            raise Fault("outside")


class _Main(_Active):
    """The same in the main part, and whether it is one."""

    def __init__(self, inside: str) -> None:
        super().__init__()
        self.root = ""
        self.inside = False
        self._wanted = inside

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Note the root, and whether what makes it such a file is there."""
        self.root = self.root or tag
        self.inside = self.inside or local(tag) == self._wanted
        super().begin(tag, attributes)
