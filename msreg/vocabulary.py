"""Words that the code, the database and the log share. A leaf: nothing of msreg below it."""

from __future__ import annotations

from enum import StrEnum


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools know
    """Mark a text for translation where it is written; it is translated where it is shown."""
    return message


class Language(StrEnum):
    """The languages that everything a person reads comes in."""

    NL = "nl"
    EN = "en"


class Severity(StrEnum):
    """How bad a finding is: an error stops the record, a warning is told and let through."""

    ERROR = "error"
    WARNING = "warning"


class Record(StrEnum):
    """The kinds of record of the MS registry, by the key of the form that asks for them."""

    PATIENT = "patient"
    COURSE = "course"
    DISEASE = "disease"
    MEDICATION = "medication"
    ADVERSE_EVENT = "adverse_event"
    PROM = "eq5d5l"


class Phenotype(StrEnum):
    """Course of multiple sclerosis (Lublin 2013); RIS is a finding, not yet a phenotype of MS."""

    RIS = "ris"
    CIS = "cis"
    RRMS = "rrms"
    SPMS = "spms"
    PPMS = "ppms"


class DiseaseKind(StrEnum):
    """What a row of the disease history tells."""

    PHENOTYPE = "phenotype"
    RELAPSE = "relapse"
    REFERRAL = "referral"


class Process(StrEnum):
    """The two ways in which an obstetric case is reported: each has its own numbers, list and rights."""

    NETHOSS = "nethoss"
    LATE_TERMINATION = "lza1"


class CaseForm(StrEnum):
    """The forms of a case, by key. They tell of a case and are no records of a patient of the MS registry."""

    CASE = "case"
    CRF = "crf_maternal_death"
    SWANSEA = "swansea"


class CaseState(StrEnum):
    """Where a case stands; `rules/case_states.py` holds the steps between them."""

    CONCEPT = "concept"
    SUBMITTED = "submitted"
    INCOMPLETE = "incomplete"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class ScanResult(StrEnum):
    """What a scanner for malicious files said."""

    CLEAN = "clean"
    INFECTED = "infected"
    NOT_SCANNED = "not_scanned"


class CaseStep(StrEnum):
    """What somebody does with a case as a whole."""

    CREATE = "create"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    WITHDRAW = "withdraw"


class Role(StrEnum):
    """What somebody does in the registry office or in a centre (SPEC 0)."""

    DESK = "desk"
    DATA_MANAGER = "data_manager"
    CLINICIAN = "clinician"
    READER = "reader"
    IMPORTER = "importer"
    NOTIFIER = "notifier"
    ENTRY_CLERK = "entry_clerk"
    COORDINATOR = "coordinator"
    AUDITOR = "auditor"
    JOB = "job"
    PATIENT = "patient"
    """Somebody who came by a personal link of a mail. Nobody of the office or a centre has this role."""


class Right(StrEnum):
    """One thing that a role may do; `services/access.py` holds the table."""

    CENTRES_READ = "centres.read"
    CENTRES_WRITE = "centres.write"
    PATIENTS_READ = "patients.read"
    PATIENTS_WRITE = "patients.write"
    PATIENTS_ERASE = "patients.erase"
    BSN_REVEAL = "patients.reveal"
    IMPORT = "imports.run"
    EXPORT = "exports.run"
    REPORTS = "reports.run"
    LAREB = "events.send"
    CASES_READ = "cases.read"
    CASES_CREATE = "cases.create"
    CASES_WRITE = "cases.write"
    CASES_FILES = "cases.files"
    CASES_REVIEW = "cases.review"
    CASES_EXPORT = "cases.export"
    CASES_NOTHING = "cases.nothing"
    CASES_LATE = "cases.late"
    REMINDERS_READ = "reminders.read"
    REMINDERS_RUN = "reminders.run"
    BACKUP = "db.backup"
    OWN_ANSWERS = "own.answers"
    AUDIT_READ = "audit.read"
    AUDIT_VERIFY = "audit.verify"
    REGISTRY_ADMIN = "registry.admin"


class MailKind(StrEnum):
    """What a mail is about; `services/mail_kinds.py` holds the one registry of them."""

    PROM_INVITATION = "prom-invitation"
    COURSE_DIGEST = "course-digest"
    CASE_MONTH = "case-month"
    CASE_REMINDER = "case-reminder"
    MAIL_STOPPED = "mail-stopped"
    CODE = "code"


class MailState(StrEnum):
    """Where a mail of the outbox stands."""

    NEW = "new"
    """It waits: for its first attempt, or for the next one."""
    SENDING = "sending"
    """A worker took it; when that worker died it is sent again with the same Message-ID."""
    SENT = "sent"
    FAILED = "failed"
    """It does not go out by itself any more: somebody has to look at it."""
    CANCELLED = "cancelled"
    """It was not to go out after all."""


class MailReason(StrEnum):
    """Why a mail failed or was cancelled, or why it waits for another attempt."""

    NO_ADDRESS = "no_address"
    BAD_ADDRESS = "bad_address"
    ADDRESS_REFUSED = "address_refused"
    MAIL_REFUSED = "mail_refused"
    NOT_MADE = "not_made"
    SERVER_LATER = "server_later"
    SERVER_AWAY = "server_away"
    GAVE_UP = "gave_up"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    DECEASED = "deceased"
    ENDED = "ended"
    ERASED = "erased"
    ANSWERED = "answered"
    OVERTAKEN = "overtaken"
    NOTHING_DUE = "nothing_due"
    NOT_TAKING_PART = "not_taking_part"
    EXPIRED = "expired"
    BY_HAND = "by_hand"


class LinkPurpose(StrEnum):
    """What a link in a mail, or a code, is for."""

    PROM = "prom"
    STOP = "stop"
    NO = "no"
    YES = "yes"
    CODE = "code"
    SESSION = "session"


class Action(StrEnum):
    """EventActionCode of NEN 7513: create, read, update, delete, execute."""

    CREATE = "C"
    READ = "R"
    UPDATE = "U"
    DELETE = "D"
    EXECUTE = "E"


class Outcome(StrEnum):
    """EventOutcomeIndicator of NEN 7513."""

    DONE = "0"
    REFUSED = "4"
    FAILED = "8"


class Rowed(StrEnum):
    """What happened to one row of a batch file (SPEC C11)."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    REFUSED = "refused"
