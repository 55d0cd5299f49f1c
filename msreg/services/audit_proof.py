"""Is the log as it was written, and do the marks outside the database agree?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from msreg.errors import MsregError, NotFound, Refused
from msreg.services import access
from msreg.services.reading import looking
from msreg.store import anchors
from msreg.store.actor import Actor
from msreg.store.audit import Verdict, verify
from msreg.store.connect import Database
from msreg.store.faults import known_fault
from msreg.store.keys import Keys, public_key
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Right


@dataclass(frozen=True, slots=True)
class Proof:
    """What checking the log found; `marks_fault` when the marks outside cannot be trusted."""

    verdict: Verdict
    marks_file: Path
    marks_fault: MsregError | None

    @property
    def ok(self) -> bool:
        """Whether the log is as it was written, and so are its marks."""
        return self.verdict.ok and self.marks_fault is None


def verify_log(registry: Registry, *, by: Actor, marks_file: Path | None = None) -> Proof:
    """Check every row, item and mark; `marks_file` is another copy of the marks than the registry's own.

    A log that is as it was written gets a row that says so. One that is not gets none: what was done to it
    stays as it was found.
    """
    access.require(registry, by=by, right=Right.AUDIT_VERIFY, event="audit.verify")
    if marks_file is not None and not marks_file.exists():
        raise NotFound(N_("There is no file {path}."), field="anchor", path=str(marks_file))
    with registry.light() as db:
        proof = prove(db, registry.keys, registry.uuid, marks_file or registry.settings.anchors_file)
    if proof.ok:
        with looking(registry, by=by, event="audit.verify", right=Right.AUDIT_VERIFY) as look:
            look.action = Action.EXECUTE
            look.about = {"rows": proof.verdict.rows, "anchors": proof.verdict.anchors}
    return proof


def prove(db: Database, keys: Keys, registry: str, marks_file: Path) -> Proof:
    """Check the log of an open database against its chain and the marks in a file."""
    marks: list[anchors.Anchor] = []
    fault: MsregError | None = None
    try:
        # Before the rows: a mark that comes in between would vouch for a row that is not read yet.
        marks = anchors.read_anchors(marks_file, public_key(keys))
    except Refused as refused:
        fault = refused
    try:
        return Proof(verify(db, keys.audit_key, registry, marks), marks_file, fault)
    except Exception as raised:
        if (told := known_fault(raised)) is not None:
            raise told from None
        raise


def mark_log(registry: Registry, *, by: Actor) -> anchors.Anchor:
    """Write a signed mark of the log now, outside the database. Raises `Refused` when the log is not sound.

    A mark of a log that was tampered with would vouch for it, so the whole log is checked first.
    """
    if not verify_log(registry, by=by).ok:
        raise Refused(
            N_("The log is not as it was written, so it gets no mark that vouches for it."),
            hint=N_("See what is wrong with: msreg audit verify"),
        )
    with looking(registry, by=by, event="audit.anchor", right=Right.AUDIT_VERIFY) as look:
        look.action = Action.EXECUTE
    with registry.light() as db:
        mark = anchors.write_anchor(registry.settings, registry.keys, db, registry.clock())
    assert mark is not None  # there is a row at least: the one of a moment ago
    return mark
