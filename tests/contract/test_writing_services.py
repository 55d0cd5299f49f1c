"""Every service that writes or looks, found by its source: its signature, its one event, and what happens
when that event cannot be written (STYLE 11, SPEC C5, security S10)."""

from __future__ import annotations

import ast
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import keyring
import pytest

import msreg.services
from msreg.errors import MsregError
from msreg.services import (
    access,
    adding,
    audit_log,
    audit_proof,
    backups,
    batch_records,
    batches,
    browsing,
    case_by_mail,
    case_checking,
    case_derived,
    case_documents,
    case_download,
    case_editing,
    case_forms,
    case_history,
    case_listing,
    case_opening,
    case_scanning,
    case_steps,
    case_torn,
    case_traces,
    cases,
    cases_out,
    centres,
    completing,
    database,
    drafts,
    editing,
    entering,
    erasing,
    exports,
    exports_left,
    history,
    imports,
    lareb_answers,
    lareb_batches,
    lareb_events,
    lareb_files,
    lareb_sending,
    lareb_written,
    made_up,
    mail_codes,
    mail_password,
    mail_stopping,
    month_links,
    null_reports,
    operators,
    outbox_desk,
    patients,
    prom_status,
    questionnaires,
    records,
    reminders,
    reminders_run,
    removing,
    reports,
    reports_notifications,
    reports_scope,
    restoring,
    serving,
    setup,
    shares,
    taking_back,
    undoing,
    withdrawing,
)
from msreg.services.made_up.lists import centres as demo_centres
from msreg.services.pseudonyms import pseudonyms
from msreg.store import verify
from msreg.store.actor import Actor
from msreg.store.keys import renew_recovery_key
from msreg.store.registry import Registry
from msreg.vocabulary import Action, CaseForm, CaseState, Language, LinkPurpose, Record, Role
from tests.case_answers import case_with
from tests.cases import add_file, reported
from tests.conftest import opened_copy
from tests.keyrings import Memory
from tests.lareb import acknowledgement
from tests.mail_links import made_of, mailed, notifier_mail, token_of
from tests.mails import add_user

WAYS = ("writing", "looking")
BEFORE_ANYBODY = frozenset(
    ("operators.first_operator", "setup.recover", "database.upgrade_database", "restoring.preparing")
)
"""What runs when nobody has a role yet or the log cannot say who has: these make or find the actor."""

BY_LINK = frozenset(
    ("questionnaires.open_questionnaire", "questionnaires.save_answers", "questionnaires.hand_in",
     "mail_stopping.look_stop", "mail_stopping.stop_by_link", "mail_codes.request_code", "mail_codes.enter_code",
     "month_links.look_month", "case_by_mail.report")
)  # fmt: skip
"""What somebody does who came by a link of a mail: the token says who that is."""

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Service:
    """A public function that opens `writing(...)` or `looking(...)`, itself or in a private helper."""

    name: str
    function: FunctionType
    calls: frozenset[str]


def found_services() -> Iterator[Service]:
    for module in pkgutil.iter_modules(msreg.services.__path__):
        if module.name in ("writing", "reading"):
            continue  # where the two ways are made
        found = import_module(f"msreg.services.{module.name}")
        functions = {
            each.name: each
            for each in ast.parse(inspect.getsource(found)).body
            if isinstance(each, ast.FunctionDef)
        }
        for name, node in functions.items():
            calls = called(node, functions)
            if not name.startswith("_") and calls & set(WAYS):
                yield Service(f"{module.name}.{name}", getattr(found, name), calls)


def called(node: ast.FunctionDef, functions: dict[str, ast.FunctionDef]) -> frozenset[str]:
    """What a function calls, also through the private functions of its module."""
    names: set[str] = set()
    waiting = [node]
    while waiting:
        for each in ast.walk(waiting.pop()):
            if isinstance(each, ast.Call):
                target = each.func
                name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
                if name.startswith("_") and name in functions and name not in names:
                    waiting.append(functions[name])
                names.add(name)
    return frozenset(names)


SERVICES = {each.name: each for each in found_services()}
each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=list(SERVICES))


# -- a working call of each -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Desk:
    """What a call works on: a registry with the patients of a batch file, one of them shared."""

    registry: Registry
    by: Actor
    today: date
    folder: Path
    patient_id: str
    batch: Path

    @property
    def at(self) -> dict[str, Any]:
        return {"registry": self.registry, "by": self.by}


@dataclass(frozen=True, slots=True)
class Call:
    """How a service is called in earnest, the events that it logs, and what makes the stage for it."""

    do: Callable[[Desk], object]
    events: tuple[str, ...]
    before: Callable[[Desk], object] | None = None


def _sql(desk: Desk, *statements: str) -> None:
    with desk.registry.light() as db:
        for statement in statements:
            db.execute(statement)


def _empty(desk: Desk) -> None:
    """A registry with the centres of the demo and without patients, as `fill` wants it."""
    _sql(desk, *(f"DELETE FROM {t}" for t in ("share", "adverse_event", "medication", "disease_event", "course")),
         "DELETE FROM patient")  # fmt: skip
    with desk.registry.light() as db:
        missing = [each for each in demo_centres() if access.centre_by_code(db, each.code) is None]
    for each in missing:
        centres.add_centre(**desk.at, code=each.code, name=each.name)


def _nobody(desk: Desk) -> None:
    _sql(desk, "DELETE FROM operator")


def _keyring(desk: Desk) -> None:
    keyring.set_keyring(Memory())


def _somebody(desk: Desk) -> None:
    operators.add_operator(**desk.at, user="jan@example.org", role=Role.JOB)


def _remove_somebody(desk: Desk, **how: Any) -> operators.OperatorRow:
    return operators.remove_operator(**desk.at, user="jan@example.org", **how)


def _reminded_too_soon(desk: Desk) -> None:
    _reported(desk)
    _sql(desk, "UPDATE notification SET reminder_due_on = '1999-09-09'")


def _notifier(desk: Desk) -> None:
    add_user(desk.registry, "melder")


def _wrong_column(desk: Desk) -> None:
    _sql(desk, "UPDATE patient SET last_course_on = '1999-09-09'")


def _new_recovery_key(desk: Desk) -> None:
    (desk.folder / "paper").write_text(renew_recovery_key(desk.registry.settings, desk.registry.keys))


def _recover(desk: Desk) -> None:
    settings = desk.registry.settings
    setup.recover(settings, environ=settings.environ, recovery_key=(desk.folder / "paper").read_text())


def _backed_up(desk: Desk) -> None:
    made = backups.back_up(**desk.at).made
    assert made is not None
    made.path.rename(made.path.with_name("msreg-made"))


def _prepare(desk: Desk) -> bool:
    settings = desk.registry.settings
    with restoring.preparing(
        settings, environ=settings.environ, name=Path("msreg-made"), to=None, recovery_key=str
    ) as prepared:
        return prepared.there


def _edit(desk: Desk, **how: Any) -> editing.Edited:
    with desk.registry.light() as db:
        found = db.one("SELECT course_date FROM course WHERE patient_id = ? LIMIT 1", (desk.patient_id,))
    assert found is not None
    return editing.edit_record(
        **desk.at, record=Record.COURSE, patient="MS-0000001", which={"course_date": found[0]},
        answers={"edss": "7,5"}, today=desk.today, **how,
    )  # fmt: skip


def _export(desk: Desk) -> None:
    exports.export(
        **desk.at, format="csv", out=desk.folder / "out", asked=patients.Asked(), today=desk.today,
        style=exports.Style(False, "nl"),
    )  # fmt: skip


def _load(desk: Desk, **how: Any) -> imports.Loaded:
    file = imports.open_batch(**desk.at, path=desk.batch)
    return imports.load(**desk.at, file=file, today=desk.today, **how)


def _undo(desk: Desk, **how: Any) -> undoing.Undone:
    return undoing.undo_batch(**desk.at, batch="B-000001", today=desk.today, **how)


def _withdraw(desk: Desk, **how: Any) -> withdrawing.Standing:
    return withdrawing.withdraw(**desk.at, patient="MS-0000001", on=desk.today, today=desk.today, **how)


def _erase(desk: Desk, **how: Any) -> erasing.Erased:
    return erasing.erase(**desk.at, patient="MS-0000001", today=desk.today, **how)


def _take_back(desk: Desk, **how: Any) -> taking_back.TakenBack:
    return taking_back.take_back(**desk.at, today=desk.today, **how)


def _share(service: Callable[..., shares.Sharing], code: str, desk: Desk) -> None:
    service(**desk.at, patient_id=desk.patient_id, centre_code=code, today=desk.today)


def _add(desk: Desk, **how: Any) -> editing.Edited:
    answers = {"course_date": desk.today, "edss_method": "not_done", "mri_done": "no"}
    return adding.add_record(
        **desk.at, record=Record.COURSE, patient="MS-0000001", answers=answers, today=desk.today, **how
    )


def _remove(desk: Desk, **how: Any) -> removing.Removed:
    with desk.registry.light() as db:
        found = db.one("SELECT course_date FROM course WHERE patient_id = ? LIMIT 1", (desk.patient_id,))
    assert found is not None
    return removing.remove_record(
        **desk.at, record=Record.COURSE, patient="MS-0000001", which={"course_date": found[0]},
        today=desk.today, **how,
    )  # fmt: skip


ENTRIES: dict[Path, entering.Entering] = {}
"""The entry that was begun at each desk, for the steps after it."""


def _begin(desk: Desk, record: Record = Record.COURSE) -> None:
    patient = None if record is Record.PATIENT else "MS-0000001"
    ENTRIES[desk.folder] = entering.begin(**desk.at, record=record, patient=patient, today=desk.today)


def _answer(desk: Desk, key: str = "course_date", value: Any = None) -> None:
    _step(entering.answer, desk, key=key, value=value or desk.today, today=desk.today)


def _begun(desk: Desk) -> None:
    _begin(desk)
    _answer(desk)


def _waiting(desk: Desk) -> None:
    _begun(desk)
    _answer(desk, "fs_visual", 1)


def _unregistered(desk: Desk) -> None:
    _begin(desk, Record.PATIENT)
    with desk.registry.light() as db:
        known = access.centre_by_code(db, "AMS01")
    assert known is not None
    ENTRIES[desk.folder].draft.centre_id = known[0]
    _answer(desk, "consent", True)


def _step(step: Callable[..., Any], desk: Desk, **how: Any) -> None:
    step(**desk.at, entering=ENTRIES[desk.folder], **how)


def _reportable(desk: Desk) -> None:
    """A side effect that can be sent."""
    medicine = {"medicine": "L04AG08", "start_date": "1999-09-09", "stop_date": "1999-12-31"}
    effect = {"description": "koorts", "report_to_lareb": "yes", "start_date": "1999-10-10", "outcome": "recovered",
              "event_course": "kort", "severity": "mild", "meddra_llt": "12345678", "meddra_version": "27.1"}  # fmt: skip
    for record, answers in ((Record.MEDICATION, medicine), (Record.ADVERSE_EVENT, effect)):
        parent = {f"parent_{key}": medicine[key] for key in ("medicine", "start_date")}
        adding.add_record(
            **desk.at, record=record, patient="MS-0000001", answers=answers, today=desk.today, incomplete=True,
            parent=parent if record is Record.ADVERSE_EVENT else None,
        )  # fmt: skip


def _send(desk: Desk, **how: Any) -> lareb_sending.Made:
    return lareb_sending.make_batch(**desk.at, **how)


def _batched(desk: Desk) -> None:
    _reportable(desk)
    _send(desk)


def _sent(desk: Desk) -> None:
    _batched(desk)
    written = desk.folder / "written"
    written.mkdir()
    lareb_files.write_waiting(**desk.at, folder=written)
    acknowledgement(desk.folder, "NL-MSREG-L000001", "AA", {})


def _answered(desk: Desk) -> None:
    lareb_answers.read_answer(**desk.at, path=desk.folder / "ack-AA.xml")


def _reported(desk: Desk) -> None:
    add_file(desk.registry, reported(desk.registry, desk.by, desk.today).id)


def _submitted(desk: Desk) -> None:
    _reported(desk)
    case_steps.submit(**desk.at, case=CASE, today=desk.today)


CASE = "NC-2026-0001"
CRF = CaseForm.CRF


def _death(desk: Desk) -> None:
    case_with(desk.registry, desk.by, desk.today, CRF)


def _answer_form(desk: Desk) -> None:
    case_forms.answer(**desk.at, case=CASE, form=CRF, key="age", value=34, today=desk.today)


def _written(desk: Desk) -> None:
    _reported(desk)
    (desk.folder / "verslag.txt").write_text("Verslag van de ingreep.")


def _upload(desk: Desk, **how: Any) -> case_documents.Uploaded:
    path = desk.folder / "verslag.txt"
    return case_documents.upload(**desk.at, case=CASE, files=[case_documents.Offered(path)], **how)


def _remove_file(desk: Desk, **how: Any) -> case_documents.Removed:
    return case_documents.remove(**desk.at, case=CASE, place=1, **how)


def _scan(desk: Desk) -> None:
    settings = desk.registry.settings
    scanner = replace(settings.cases, scanner="clamscan", scanner_address="/bin/false")
    desk.registry.settings = replace(settings, cases=scanner)
    case_scanning.scan_again(**desk.at, case=CASE)


def _nothing(desk: Desk, **how: Any) -> null_reports.Nothing:
    return null_reports.report_nothing(**desk.at, centre="UTR01", month="2026-10", today=desk.today, **how)


def _take_back_nothing(desk: Desk, **how: Any) -> null_reports.Nothing:
    return null_reports.take_back_nothing(**desk.at, centre="UTR01", month="2026-10", **how)


def _export_cases(desk: Desk) -> None:
    wished = cases_out.Wished(state=CaseState.SUBMITTED)
    cases_out.export_cases(**desk.at, out=desk.folder / "cases.zip", wished=wished)


def _find_behind(desk: Desk) -> None:
    with desk.registry.light() as db:
        found = db.one("SELECT id FROM notification")
    assert found is not None
    cases_out.find_behind(**desk.at, pseudonym=pseudonyms(desk.registry).case(found[0]))


def _new_case(desk: Desk, **how: Any) -> case_opening.NewCase:
    return case_opening.new_case(**desk.at, answers={"theme": "HYS"}, centre="AMS01", today=desk.today, **how)


def _edit_case(desk: Desk, **how: Any) -> case_editing.EditedCase:
    return case_editing.edit_case(
        **desk.at, case=CASE, answers={"patient_number": "7"}, today=desk.today, **how
    )


def _step_case(service: Callable[..., case_steps.Stepped], desk: Desk, **how: Any) -> case_steps.Stepped:
    return service(**desk.at, case=CASE, today=desk.today, **how)


TOKENS: dict[Path, str] = {}
"""The token of the link, or of the session, that was made at each desk."""


def _link(desk: Desk, purpose: LinkPurpose = LinkPurpose.PROM) -> None:
    of_patient = purpose in (LinkPurpose.PROM, LinkPurpose.STOP)
    mail = mailed(desk.registry, patient_id=desk.patient_id) if of_patient else notifier_mail(desk.registry)
    TOKENS[desk.folder] = token_of(desk.registry, mail, purpose)


def _lapsed(desk: Desk) -> None:
    _link(desk)
    _by_link(questionnaires.save_answers, desk, answers={"mobility": "2"}, today=desk.today)
    _sql(desk, "UPDATE mail_link SET expires_at = '2026-01-01 00:00:00.000000'")


def _coded(desk: Desk) -> None:
    _link(desk, LinkPurpose.YES)
    page = _by_link(mail_codes.request_code, desk, today=desk.today)
    (desk.folder / "code").write_text(made_of(desk.registry, page.outbox_id, LinkPurpose.CODE))


def _in_session(desk: Desk) -> None:
    _coded(desk)
    TOKENS[desk.folder] = _enter_code(desk).session or ""


def _enter_code(desk: Desk) -> mail_codes.CodePage:
    found: mail_codes.CodePage = _by_link(
        mail_codes.enter_code, desk, code=(desk.folder / "code").read_text()
    )
    return found


def _by_link(service: Callable[..., Any], desk: Desk, **how: Any) -> Any:
    return service(desk.registry, token=TOKENS[desk.folder], **how)


def _mail_waits(desk: Desk) -> None:
    _notifier(desk)
    assert sum(reminders.queue_due(**desk.at, today=desk.today).values()) == 1


def _mail_failed(desk: Desk) -> None:
    _mail_waits(desk)
    _sql(desk, "UPDATE outbox SET state = 'failed', reason = 'mail_refused'")


def _cancel_mail(desk: Desk, **how: Any) -> outbox_desk.Cancelled:
    with desk.registry.light() as db:
        found = db.one("SELECT id FROM outbox WHERE kind = 'case-month'")
    assert found is not None
    return outbox_desk.cancel(**desk.at, mail=found[0][-8:], **how)


def _stop_mail(desk: Desk, **how: Any) -> mail_stopping.MailStanding:
    return mail_stopping.stop(**desk.at, patient="MS-0000001", today=desk.today, **how)


def _resume_mail(desk: Desk, **how: Any) -> mail_stopping.MailStanding:
    return mail_stopping.resume(**desk.at, patient="MS-0000001", today=desk.today, **how)


LEVELS = dict.fromkeys(questionnaires.ASKED, "3")

CALLS: dict[str, Call] = {
    "questionnaires.open_questionnaire": Call(
        lambda d: _by_link(questionnaires.open_questionnaire, d, today=d.today),
        ("questionnaire.open",),
        _link,
    ),
    "questionnaires.save_answers": Call(
        lambda d: _by_link(questionnaires.save_answers, d, answers={"mobility": "2"}, today=d.today),
        ("questionnaire.save",),
        _link,
    ),
    "questionnaires.hand_in": Call(
        lambda d: _by_link(questionnaires.hand_in, d, answers=LEVELS, today=d.today),
        ("questionnaire.hand-in",),
        _link,
    ),
    "questionnaires.forget_lapsed": Call(
        lambda d: questionnaires.forget_lapsed(**d.at), ("questionnaire.lapse",), _lapsed
    ),
    "mail_stopping.look_stop": Call(
        lambda d: _by_link(mail_stopping.look_stop, d),
        ("patients.look-stop",),
        partial(_link, purpose=LinkPurpose.STOP),
    ),
    "mail_stopping.stop_by_link": Call(
        lambda d: _by_link(mail_stopping.stop_by_link, d, today=d.today),
        ("patients.stop-mail",),
        partial(_link, purpose=LinkPurpose.STOP),
    ),
    "mail_stopping.stop": Call(_stop_mail, ("patients.stop-mail",)),
    "mail_stopping.resume": Call(_resume_mail, ("patients.resume-mail",), _stop_mail),
    "month_links.look_month": Call(
        lambda d: _by_link(month_links.look_month, d, purpose=LinkPurpose.NO),
        ("cases.month",),
        partial(_link, purpose=LinkPurpose.NO),
    ),
    "mail_codes.request_code": Call(
        lambda d: _by_link(mail_codes.request_code, d, today=d.today),
        ("cases.code",),
        partial(_link, purpose=LinkPurpose.YES),
    ),
    "mail_codes.enter_code": Call(_enter_code, ("cases.code",), _coded),
    "case_by_mail.report": Call(
        lambda d: case_by_mail.report(
            d.registry, session=TOKENS[d.folder], answers={"theme": "HYS"}, today=d.today
        ),
        ("cases.new",),
        _in_session,
    ),
    "adding.add_record": Call(_add, ("course.add",)),
    "serving.note_serving": Call(
        lambda d: serving.note_serving(**d.at, place="http://127.0.0.1:8420"), ("pages.serve",)
    ),
    "audit_log.list_events": Call(
        lambda d: audit_log.list_events(**d.at, asked=audit_log.AskedLog()), ("audit.list",)
    ),
    "audit_log.show_event": Call(lambda d: audit_log.show_event(**d.at, seq=1), ("audit.show",)),
    "audit_proof.verify_log": Call(lambda d: audit_proof.verify_log(**d.at), ("audit.verify",)),
    "audit_proof.mark_log": Call(lambda d: audit_proof.mark_log(**d.at), ("audit.verify", "audit.anchor")),
    "backups.back_up": Call(lambda d: backups.back_up(**d.at), ("db.backup",)),
    "restoring.preparing": Call(_prepare, ("db.restore",), _backed_up),
    "batch_records.show_batch": Call(
        lambda d: batch_records.show_batch(**d.at, batch="B-000001"), ("imports.show",)
    ),
    "batches.list_batches": Call(lambda d: batches.list_batches(**d.at), ("imports.history",)),
    "browsing.window": Call(
        lambda d: browsing.window(**d.at, asked=patients.Asked(), today=d.today, limit=3),
        ("patients.browse",),
    ),
    "case_opening.new_case": Call(_new_case, ("cases.new",)),
    "case_editing.edit_case": Call(_edit_case, ("cases.edit",), _reported),
    "case_forms.show_form": Call(
        lambda d: case_forms.show_form(**d.at, case=CASE, form=CRF), ("cases.crf",), _death
    ),
    "case_forms.begin": Call(lambda d: case_forms.begin(**d.at, case=CASE, form=CRF), ("cases.crf",), _death),
    "case_forms.answer": Call(_answer_form, ("cases.crf",), _death),
    "case_documents.upload": Call(_upload, ("cases.upload",), _written),
    "case_documents.remove": Call(_remove_file, ("cases.remove",), _reported),
    "case_download.download": Call(
        lambda d: case_download.download(**d.at, case=CASE, place=1, out=d.folder / "file.txt"),
        ("cases.download",),
        _reported,
    ),
    "case_scanning.scan_again": Call(_scan, ("cases.scan",), _reported),
    "case_traces.search_again": Call(
        lambda d: case_traces.search_again(**d.at, case=CASE), ("cases.search",), _reported
    ),
    "case_checking.check_case": Call(
        lambda d: case_checking.check_case(**d.at, case=CASE), ("cases.search", "cases.check"), _reported
    ),
    "case_derived.mend_cases": Call(
        lambda d: case_derived.mend_cases(**d.at), ("db.fix",), _reminded_too_soon
    ),
    "outbox_desk.log": Call(lambda d: outbox_desk.log(**d.at), ("reminders.log",)),
    "outbox_desk.retry": Call(
        lambda d: outbox_desk.retry(**d.at, today=d.today), ("reminders.retry",), _mail_failed
    ),
    "outbox_desk.cancel": Call(_cancel_mail, ("reminders.cancel",), _mail_waits),
    "reminders_run.run": Call(
        lambda d: reminders_run.run(**d.at, today=d.today), ("reminders.run", "mail.send"), _mail_waits
    ),
    "reminders.due": Call(lambda d: reminders.due(**d.at, today=d.today), ("reminders.due",)),
    "reminders.queue_due": Call(
        lambda d: reminders.queue_due(**d.at, today=d.today), ("reminders.queue",), _notifier
    ),
    "case_torn.drop_orphans": Call(lambda d: case_torn.drop_orphans(**d.at), ("db.fix",), _reported),
    "case_history.case_history": Call(
        lambda d: case_history.case_history(**d.at, case=CASE), ("cases.history",), _reported
    ),
    "case_listing.list_cases": Call(lambda d: case_listing.list_cases(**d.at), ("cases.list",), _reported),
    "case_listing.due_cases": Call(
        lambda d: case_listing.due_cases(**d.at, today=d.today), ("cases.due",), _reported
    ),
    "null_reports.report_nothing": Call(_nothing, ("cases.nothing",)),
    "null_reports.take_back_nothing": Call(_take_back_nothing, ("cases.nothing",), _nothing),
    "reports_notifications.read_answers": Call(
        lambda d: reports_notifications.read_answers(**d.at, event="cases.months", today=d.today),
        ("cases.months",),
    ),
    "cases_out.export_cases": Call(_export_cases, ("cases.export",), _submitted),
    "cases_out.find_behind": Call(_find_behind, ("cases.whose",), _reported),
    "case_steps.submit": Call(partial(_step_case, case_steps.submit), ("cases.submit",), _reported),
    "case_steps.give_back": Call(
        partial(_step_case, case_steps.give_back, remark="x"), ("cases.return",), _submitted
    ),
    "case_steps.approve": Call(partial(_step_case, case_steps.approve), ("cases.approve",), _submitted),
    "case_steps.withdraw": Call(
        partial(_step_case, case_steps.withdraw, remark="x"), ("cases.withdraw",), _reported
    ),
    "cases.show_case": Call(lambda d: cases.show_case(**d.at, case=CASE), ("cases.show",), _reported),
    "centres.list_centres": Call(lambda d: centres.list_centres(**d.at), ("centres.list",)),
    "centres.add_centre": Call(
        lambda d: centres.add_centre(**d.at, code="GRO9", name="Test"), ("centres.add",)
    ),
    "centres.edit_centre": Call(
        lambda d: centres.edit_centre(**d.at, code="UTR01", name="Anders"), ("centres.edit",)
    ),
    "database.check_registry": Call(
        lambda d: database.check_registry(**d.at, fix=True), ("db.check", "db.fix"), _wrong_column
    ),
    # Nothing to bring up to date, so nothing to log: tests of the upgrade itself have an older database.
    "database.upgrade_database": Call(
        lambda d: database.upgrade_database(d.registry.settings, environ=d.registry.settings.environ), ()
    ),
    "drafts.discard": Call(
        lambda d: drafts.discard(**d.at, draft_id=ENTRIES[d.folder].draft.id), ("drafts.discard",), _waiting
    ),
    "drafts.forget": Call(
        lambda d: drafts.forget(**d.at, draft=ENTRIES[d.folder].draft), ("patients.erase",), _unregistered
    ),
    "editing.edit_record": Call(_edit, ("course.edit",)),
    "entering.begin": Call(_begin, ("course.add",)),
    "entering.resume": Call(
        lambda d: entering.resume(**d.at, draft_id=ENTRIES[d.folder].draft.id), ("drafts.resume",), _begun
    ),
    "entering.answer": Call(_answer, ("course.add",), _begin),
    "entering.take_theirs": Call(
        partial(_step, entering.take_theirs, key="fs_visual"), ("course.add",), _waiting
    ),
    "entering.leave": Call(partial(_step, entering.leave, keys=["fs_visual"]), ("course.add",), _begun),
    "entering.finish": Call(lambda d: _step(entering.finish, d, today=d.today), ("course.add",), _begun),
    "erasing.erase": Call(_erase, ("patients.erase",)),
    "exports.export": Call(_export, ("exports.run",)),
    "exports_left.list_left": Call(lambda d: exports_left.list_left(**d.at), ("exports.list",)),
    "exports_left.find_by_pseudonym": Call(
        lambda d: exports_left.find_by_pseudonym(
            **d.at, pseudonym=pseudonyms(d.registry).patient(d.patient_id)
        ),
        ("exports.whose",),
    ),
    "history.read_history": Call(
        lambda d: history.read_history(**d.at, patient="MS-0000001"), ("patients.history",)
    ),
    "imports.load": Call(_load, ("imports.run",), _empty),
    "lareb_answers.read_answer": Call(_answered, ("events.ack",), _sent),
    "lareb_batches.list_batches": Call(lambda d: lareb_batches.list_batches(**d.at), ("events.batches",)),
    "lareb_batches.show_batch": Call(
        lambda d: lareb_batches.show_batch(**d.at, batch="L-000001"), ("events.batches",), _sent
    ),
    "lareb_events.list_unsent": Call(lambda d: lareb_events.list_unsent(**d.at), ("events.list",)),
    "lareb_files.rebuild": Call(
        lambda d: lareb_files.rebuild(**d.at, batch="L-000001", folder=d.folder), ("events.rebuild",), _sent
    ),
    "lareb_files.write_waiting": Call(
        lambda d: lareb_files.write_waiting(**d.at, folder=d.folder),
        ("events.write", "events.written"),
        _batched,
    ),
    "lareb_written.note_written": Call(
        lambda d: lareb_written.note_written(**d.at, batch="L-000001"), ("events.written",), _batched
    ),
    "lareb_sending.make_batch": Call(_send, ("events.send",), _reportable),
    "mail_password.keep": Call(
        lambda d: mail_password.keep(**d.at, password="x"), ("reminders.password",), _keyring
    ),
    "made_up.fill": Call(
        lambda d: made_up.fill(**d.at, seed=1, patients=5, today=d.today), ("demo.fill",), _empty
    ),
    "operators.add_operator": Call(
        lambda d: operators.add_operator(**d.at, user="janneke", role=Role.READER, centre="UTR01"),
        ("users.add",),
    ),
    "operators.edit_operator": Call(
        lambda d: operators.edit_operator(**d.at, user="jan@example.org", language=Language.NL),
        ("users.edit",),
        _somebody,
    ),
    "operators.remove_operator": Call(_remove_somebody, ("users.remove",), _somebody),
    "operators.first_operator": Call(
        lambda d: operators.first_operator(d.registry, user=d.by.os_user, host="h"),
        ("registry.init",),
        _nobody,
    ),
    "operators.list_operators": Call(lambda d: operators.list_operators(**d.at), ("users.list",)),
    "patients.overview": Call(
        lambda d: patients.overview(**d.at, asked=patients.Asked(), today=d.today), ("patients.list",)
    ),
    "completing.identities": Call(
        lambda d: completing.identities(**d.at, record=Record.COURSE, patient="MS-0000001"), ("completion",)
    ),
    "prom_status.prom_status": Call(
        lambda d: prom_status.prom_status(**d.at, today=d.today, due=True), ("proms.status",)
    ),
    "records.read_record": Call(
        lambda d: records.read_record(**d.at, event="patients.show", patient="MS-0000001"), ("patients.show",)
    ),
    "reports.make_report": Call(
        lambda d: reports.make_report(
            **d.at, key="benchmark", wanted=reports_scope.Wanted("AMS01"), today=d.today
        ),
        ("reports.benchmark",),
    ),
    "removing.remove_record": Call(_remove, ("course.delete",)),
    "setup.recover": Call(_recover, ("db.recover",), _new_recovery_key),
    "shares.share": Call(partial(_share, shares.share, "UTR01"), ("patients.share",)),
    "shares.unshare": Call(
        partial(_share, shares.unshare, "UTR01"),
        ("patients.unshare",),
        partial(_share, shares.share, "UTR01"),
    ),
    "taking_back.take_back": Call(_take_back, ("undo",), _edit),
    "undoing.undo_batch": Call(_undo, ("imports.undo",)),
    "withdrawing.standing": Call(
        lambda d: withdrawing.standing(**d.at, patient="MS-0000001"), ("patients.withdraw",)
    ),
    "withdrawing.withdraw": Call(_withdraw, ("patients.withdraw",)),
    "withdrawing.consent": Call(
        lambda d: withdrawing.consent(**d.at, patient="MS-0000001", on=d.today, today=d.today),
        ("patients.consent",),
        _withdraw,
    ),
}


BATCH = "msprog.xlsx"


@pytest.fixture(scope="module")
def loaded(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a registry with the people of a batch file, to be copied and not changed."""
    folder = tmp_path_factory.mktemp("loaded")
    with opened_copy(template, folder) as registry:
        by = access.whoami(registry, registry.settings.environ)
        batch = Path(__file__).parents[1] / "fixtures" / "batch" / BATCH
        imports.load_batch(registry, by=by, path=batch, today=date(2026, 11, 21))
    return folder


@pytest.fixture
def office(
    loaded: Path, home: Mapping[str, str], today: date, batches: Path, tmp_path: Path
) -> Iterator[Desk]:
    with opened_copy(loaded, tmp_path) as registry:
        with registry.light() as db:
            known = db.one("SELECT id FROM patient ORDER BY number")
        assert known is not None
        by = access.whoami(registry, registry.settings.environ)
        yield Desk(registry, by, today, tmp_path, known[0], batches / BATCH)


def tables(registry: Registry, *, log: bool = True) -> Rows:
    """Every row of every table, with or without those of the log."""
    with registry.light() as db:
        names = [
            row[0] for row in db.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        ]
        return {
            name: sorted(db.rows(f'SELECT * FROM "{name}"'), key=repr)
            for name in names
            if log or not name.startswith("audit_")
        }


def events(registry: Registry, after: int) -> list[dict[str, Any]]:
    with registry.light() as db:
        rows = db.rows("SELECT body FROM audit_event WHERE seq > ? ORDER BY seq", (after,))
    return [json.loads(row[0]) for row in rows]


def head(registry: Registry) -> int:
    with registry.light() as db:
        found = db.one("SELECT coalesce(max(seq), 0) FROM audit_event")
    return int(found[0]) if found else 0


def break_the_log(registry: Registry) -> None:
    """From now on no event can be written: the database itself refuses it, at the last moment."""
    with registry.light() as db:
        db.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no log today'); END"
        )


def files(folder: Path) -> dict[str, bytes]:
    """All files but the database, which `tables` compares."""
    return {
        str(each.relative_to(folder)): each.read_bytes()
        for each in sorted(folder.rglob("*"))
        if each.is_file() and not each.name.startswith("registry.db")
    }


# -- the contract -----------------------------------------------------------------------------------


def test_every_service_has_a_call_here_and_every_call_a_service() -> None:
    assert set(CALLS) == set(SERVICES)


@each_service
def test_a_service_is_told_by_keyword_who_asks(service: Service) -> None:
    parameters = list(inspect.signature(service.function).parameters.values())
    first, others = parameters[0], parameters[1:]
    assert first.annotation in ("Registry", "Settings")
    assert {each.kind for each in others} <= {inspect.Parameter.KEYWORD_ONLY}
    if service.name in BEFORE_ANYBODY:
        assert service.calls & {"system_actor", "whoami"}
    elif service.name in BY_LINK:
        assert {each.name for each in others} & {"token", "session"}
        assert service.calls & {"patient_actor", "closed_or_notifier"}
    else:
        by = inspect.signature(service.function).parameters["by"]
        assert (by.annotation, by.default) == ("Actor", inspect.Parameter.empty)


@pytest.mark.parametrize("name", SERVICES)
def test_a_call_is_one_event_in_a_chain_that_holds(name: str, office: Desk) -> None:
    call, registry = CALLS[name], office.registry
    if call.before is not None:
        call.before(office)
    before = head(registry)
    call.do(office)
    logged = events(registry, before)
    assert tuple(each["event"] for each in logged) == call.events
    assert {each["outcome"] for each in logged} <= {"0"}
    assert {each["alternate_user"] for each in logged} <= {office.by.os_user}
    with registry.light() as db:
        assert verify.verify(db, registry.keys.audit_key, registry.uuid).ok


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.events])
def test_s10_without_its_event_nothing_is_saved_or_given(name: str, office: Desk) -> None:
    call, registry = CALLS[name], office.registry
    if call.before is not None:
        call.before(office)
    break_the_log(registry)
    rows, kept = tables(registry), files(office.folder)
    given: list[object] = []
    with pytest.raises(Exception) as told:
        given.append(call.do(office))
    assert given == []
    assert tables(registry) == rows
    assert files(office.folder) == kept
    assert isinstance(told.value, MsregError) or "no log today" in str(told.value)


@pytest.mark.parametrize("name", [name for name, each in SERVICES.items() if "writing" in each.calls])
def test_without_the_records_of_its_event_nothing_is_saved(name: str, office: Desk) -> None:
    """The rows beside an event belong to it: where one of them fails, all of it does."""
    call, registry = CALLS[name], office.registry
    if call.before is not None:
        call.before(office)
    rows, before = tables(registry), head(registry)
    _sql(
        office,
        "CREATE TRIGGER broken BEFORE INSERT ON audit_item WHEN new.n = 0"
        " BEGIN SELECT RAISE(ABORT, 'no items today'); END",
    )
    try:
        call.do(office)
    except MsregError:
        assert tables(registry, log=False) == {key: rows[key] for key in rows if not key.startswith("audit_")}
        assert [each["items"] for each in events(registry, before) if each["items"]] == []
    else:
        assert [each["items"] for each in events(registry, before)] == [0] * len(call.events)


TRIALS: dict[str, Callable[[Desk], object]] = {
    "backups.back_up": lambda d: backups.back_up(**d.at, dry_run=True),
    "case_opening.new_case": partial(_new_case, dry_run=True),
    "case_editing.edit_case": partial(_edit_case, dry_run=True),
    "null_reports.report_nothing": partial(_nothing, dry_run=True),
    "null_reports.take_back_nothing": partial(_take_back_nothing, dry_run=True),
    "case_documents.upload": partial(_upload, dry_run=True),
    "case_documents.remove": partial(_remove_file, dry_run=True),
    "case_steps.submit": partial(_step_case, case_steps.submit, dry_run=True),
    "case_steps.give_back": partial(_step_case, case_steps.give_back, remark="x", dry_run=True),
    "case_steps.approve": partial(_step_case, case_steps.approve, dry_run=True),
    "case_steps.withdraw": partial(_step_case, case_steps.withdraw, remark="x", dry_run=True),
    "imports.load": partial(_load, dry_run=True),
    "operators.remove_operator": partial(_remove_somebody, dry_run=True),
    "adding.add_record": partial(_add, dry_run=True),
    "removing.remove_record": partial(_remove, dry_run=True),
    "editing.edit_record": partial(_edit, dry_run=True),
    "taking_back.take_back": partial(_take_back, dry_run=True),
    "undoing.undo_batch": partial(_undo, dry_run=True),
    "erasing.erase": partial(_erase, dry_run=True),
    "lareb_sending.make_batch": partial(_send, dry_run=True),
    "withdrawing.withdraw": partial(_withdraw, dry_run=True),
    "mail_stopping.stop": partial(_stop_mail, dry_run=True),
    "reminders.queue_due": lambda d: reminders.queue_due(**d.at, today=d.today, dry_run=True),
    "reminders_run.run": lambda d: reminders_run.run(**d.at, today=d.today, dry_run=True),
    "outbox_desk.retry": lambda d: outbox_desk.retry(**d.at, today=d.today, dry_run=True),
    "outbox_desk.cancel": partial(_cancel_mail, dry_run=True),
    "mail_stopping.resume": partial(_resume_mail, dry_run=True),
}


def test_c5_every_dry_run_is_tried_here() -> None:
    able = {
        name for name, each in SERVICES.items() if "dry_run" in inspect.signature(each.function).parameters
    }
    assert set(TRIALS) == able


@pytest.mark.parametrize(
    ("event", "seen", "trial"),
    [("imports.run", 7, TRIALS["imports.load"]), ("imports.check", 7, partial(_load, check=True)),
     ("course.edit", 1, TRIALS["editing.edit_record"]), ("imports.undo", 7, TRIALS["undoing.undo_batch"]),
     ("undo", 1, TRIALS["taking_back.take_back"]), ("course.add", 1, TRIALS["adding.add_record"]),
     ("course.delete", 1, TRIALS["removing.remove_record"]),
     ("events.list", 1, TRIALS["lareb_sending.make_batch"]), ("patients.erase", 1, TRIALS["erasing.erase"]), ("patients.withdraw", 1, TRIALS["withdrawing.withdraw"])],
)  # fmt: skip
def test_c5_s10_a_dry_run_leaves_a_look_and_nothing_else(
    event: str, seen: int, trial: Callable[[Desk], object], office: Desk
) -> None:
    """It shows what the registry has, so it is in the log whom it looked at."""
    if event == "undo":
        _edit(office)  # what is taken back
    if event == "events.list":
        _reportable(office)
    before, rows = head(office.registry), tables(office.registry, log=False)
    trial(office)
    assert tables(office.registry, log=False) == rows
    (logged,) = events(office.registry, before)
    assert (logged["event"], logged["action"], logged["items"]) == (event, Action.READ.value, seen)


@pytest.mark.parametrize(
    ("name", "event", "seen"),
    [("reminders.queue_due", "reminders.queue", 0), ("case_opening.new_case", "cases.new", 0), ("case_editing.edit_case", "cases.edit", 1),
     ("case_steps.submit", "cases.submit", 1), ("case_steps.give_back", "cases.return", 1),
     ("case_steps.approve", "cases.approve", 1), ("case_steps.withdraw", "cases.withdraw", 1),
     ("case_documents.upload", "cases.upload", 1), ("case_documents.remove", "cases.remove", 1),
     ("null_reports.report_nothing", "cases.nothing", 0),
     ("null_reports.take_back_nothing", "cases.nothing", 0)],
)  # fmt: skip
def test_c5_s10_a_dry_run_on_a_case_leaves_a_look_and_nothing_else(
    name: str, event: str, seen: int, office: Desk
) -> None:
    (_submitted if name in ("case_steps.give_back", "case_steps.approve") else _written)(office)
    before, rows = head(office.registry), tables(office.registry, log=False)
    TRIALS[name](office)
    assert tables(office.registry, log=False) == rows
    (logged,) = events(office.registry, before)
    assert (logged["event"], logged["action"], logged["items"]) == (event, Action.READ.value, seen)


def test_c5_what_a_dry_run_adds_is_taken_back(office: Desk) -> None:
    _empty(office)
    before, rows = head(office.registry), tables(office.registry, log=False)
    done = _load(office, dry_run=True)
    assert done.summary["added"] > 60
    (event,) = events(office.registry, before)
    assert (event["action"], event["items"]) == (Action.READ.value, 0)
    assert tables(office.registry, log=False) == rows
