"""All tables, for migrations and for tests that compare schema and queries."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from msreg.models.audit import AuditEvent, AuditItem
from msreg.models.batch import Batch
from msreg.models.course import Course
from msreg.models.disease import DiseaseEvent
from msreg.models.draft import Draft
from msreg.models.lareb import LarebBatch, LarebReport
from msreg.models.medication import AdverseEvent, Medication
from msreg.models.notification import CaseChunk, CaseDocument, CaseStepTaken, Notification, NullReport
from msreg.models.office import Centre, Meta, Operator
from msreg.models.outbox import MailLink, Outbox, Questionnaire
from msreg.models.patient import Patient, Share
from msreg.models.prom import Prom
from msreg.models.tombstone import Tombstone

TABLES = (
    Meta,
    Centre,
    Operator,
    Patient,
    Share,
    Course,
    DiseaseEvent,
    Medication,
    AdverseEvent,
    Prom,
    AuditEvent,
    AuditItem,
    Batch,
    Tombstone,
    Draft,
    LarebBatch,
    LarebReport,
    Notification,
    CaseStepTaken,
    CaseDocument,
    CaseChunk,
    NullReport,
    Outbox,
    MailLink,
    Questionnaire,
)


def metadata() -> MetaData:
    """The schema as the models define it."""
    return SQLModel.metadata
