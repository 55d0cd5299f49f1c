"""One schema: models, migrations, forms and queries agree (DESIGN 4 and 6)."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Boolean, Date, Inspector, Integer, Numeric, String, TypeDecorator, create_engine
from sqlalchemy import inspect as look_at

from msreg.forms.columns import RECORD_FORMS, forms_of
from msreg.forms.definition import Form, Item, Type
from msreg.models.ids import new_id
from msreg.models.registry import TABLES as MODELS
from msreg.models.registry import metadata
from msreg.services.access import case_reach, reach
from msreg.services.dossiers import read_by_ids
from msreg.services.links import token_digest
from msreg.store import migrate, queries, schema
from msreg.store.actor import Actor
from msreg.store.connect import Database, transaction
from msreg.store.queries import (
    audit_log,
    batches,
    browsing,
    case_documents,
    case_history,
    cases,
    completing,
    dossiers,
    drafts,
    due,
    history,
    lareb,
    leaving,
    left,
    links,
    mail_codes,
    null_reports,
    numbers,
    overview,
    own_changes,
    proms,
    questionnaires,
    reports,
    rows,
    saving,
    setters,
    tombstones,
    walking,
)
from msreg.store.queries.dossiers import TABLES
from msreg.store.registry import Registry
from msreg.vocabulary import CaseState, Process, Record
from tests.cases import add_file, reported
from tests.mail_links import mailed, token_of

LOG = {"meta", "audit_event", "audit_item"}
ITEMS = [(record, form, item) for record in RECORD_FORMS for form in forms_of(record) for item in form.items]
COLUMN_ITEMS = [each for each in ITEMS if each[2].column]
each_item = pytest.mark.parametrize(
    ("record", "form", "item"), ITEMS, ids=[f"{f.key}.{i.key}" for _, f, i in ITEMS]
)
each_column = pytest.mark.parametrize(
    ("record", "form", "item"), COLUMN_ITEMS, ids=[f"{f.key}.{i.key}" for _, f, i in COLUMN_ITEMS]
)


# -- migrations make what the models say --------------------------------------------------------------


def test_the_program_knows_the_migrations_that_there_are() -> None:
    assert migrate.history() == schema.HISTORY
    assert migrate.head() == schema.HEAD


def test_migrations_make_the_tables_of_the_models(registry: Registry) -> None:
    with registry.engine().connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata()) == []


def described(found: Inspector) -> dict[str, Any]:
    """All that can be asked about the tables; Alembic compares neither CHECKs nor conditions of indexes."""
    return {
        table: {
            "columns": {
                c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in found.get_columns(table)
            },
            "key": found.get_pk_constraint(table)["constrained_columns"],
            "checks": sorted((c["name"], c["sqltext"]) for c in found.get_check_constraints(table)),
            "foreign": sorted(
                (f["constrained_columns"], f["referred_table"], f["referred_columns"])
                for f in found.get_foreign_keys(table)
            ),
            "indexes": sorted(
                (
                    i["name"],
                    i["column_names"],
                    i["unique"],
                    sorted((k, str(v)) for k, v in i["dialect_options"].items()),
                )
                for i in found.get_indexes(table)
            ),
        }
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def test_checks_keys_and_indexes_are_those_of_the_models_too(registry: Registry) -> None:
    from_models = create_engine("sqlite://")
    metadata().create_all(from_models)
    with registry.engine().connect() as connection:
        made = described(look_at(connection))
    assert made == described(look_at(from_models))
    from_models.dispose()
    assert set(made) == {model.__table__.name for model in MODELS}  # type: ignore[attr-defined]


def test_every_table_tells_when_it_was_made_and_changed() -> None:
    for name, table in metadata().tables.items():
        if name not in LOG and name != "case_chunk":
            for column in ("id", "created_at", "updated_at", "version"):
                assert not table.c[column].nullable, f"{name}.{column}"


# -- every question has its place ----------------------------------------------------------------------

TYPES = {
    Type.TEXT: String, Type.CHOICE: String, Type.CHOICES: String, Type.PARTIAL_DATE: String, Type.DATE: Date,
    Type.INTEGER: Integer, Type.DECIMAL: Numeric, Type.BOOLEAN: Boolean,
}  # fmt: skip


def plain(kind: Any) -> Any:
    """The type of the database behind one of SQLModel's or ours."""
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


@each_item
def test_a_question_lives_in_its_column_or_in_answers(record: Record, form: Form, item: Item) -> None:
    columns = metadata().tables[TABLES[record]].c
    assert "answers" in columns
    assert (item.key in columns) is item.column
    if item.column:
        assert isinstance(plain(columns[item.key].type), TYPES[item.type])


@each_column
def test_a_column_is_wide_enough_for_every_answer(record: Record, form: Form, item: Item) -> None:
    kind = plain(metadata().tables[TABLES[record]].c[item.key].type)
    if not isinstance(kind, String):
        return
    assert kind.length is not None
    codes = [choice.code for choice in item.choices]
    longest = len(";".join(codes)) if item.type is Type.CHOICES else max(map(len, codes), default=0)
    assert max(longest, item.max_length or 0) <= kind.length
    if item.max_length:
        assert item.max_length == kind.length


# -- CHECKs repeat the form ------------------------------------------------------------------------------


def tried(db: Database, record: Record, column: str, value: Any) -> bool:
    """Whether the database takes a value in a column of the first row that there is; it is taken back."""
    table = TABLES[record]
    try:
        with transaction(db):
            db.execute(
                f"UPDATE {table} SET {column} = ? WHERE id = (SELECT id FROM {table} LIMIT 1)", (value,)
            )
            raise InterruptedError
    except InterruptedError:
        return True
    except Exception as fault:
        if type(fault).__name__ != "IntegrityError":
            raise
        return "CHECK constraint failed" not in str(fault)


@pytest.fixture
def db(registry: Registry) -> Iterator[Database]:
    """A database with one bare row of each record."""
    fixed = {"number": 1, "consent": 1, "patient_number": "1", "family_name": "x", "answers": "{}",
             "form_version": "x", "search_name": "x", "search_full": "x", "complete": 1, "open_questions": 0,
             "course_date": "2020-02-02", "kind": "relapse", "medicine": "L04AG08", "start_date": "1900-01-01",
             "description": "x", "answered_on": "2020-02-02", "created_at": "2020", "updated_at": "2020", "version": 1}  # fmt: skip
    with registry.light() as found:
        centre = found.one("SELECT id FROM centre LIMIT 1")
        assert centre is not None
        fixed |= {"id": "1" * 32, "centre_id": centre[0], "patient_id": "1" * 32, "medication_id": "1" * 32}
        for record in Record:
            columns = [c.name for c in metadata().tables[TABLES[record]].c if not c.nullable]
            marks = ", ".join("?" * len(columns))
            found.execute(
                f"INSERT INTO {TABLES[record]} ({', '.join(columns)}) VALUES ({marks})",
                [fixed[c] for c in columns],
            )
        yield found


@each_column
def test_the_database_refuses_what_the_form_refuses(
    record: Record, form: Form, item: Item, db: Database
) -> None:
    """Choices, limits of numbers and first days; `today` no database knows, and lists of data no schema."""
    if item.type is Type.CHOICE and item.value_list is None:
        assert all(tried(db, record, item.key, choice.code) for choice in item.choices)
        assert not tried(db, record, item.key, "canary")
    if item.type in (Type.INTEGER, Type.DECIMAL):
        for limit, step in ((item.min, -1), (item.max, 1)):
            if limit is not None:
                assert tried(db, record, item.key, float(limit))
                assert not tried(db, record, item.key, float(limit) + step)
    if item.type is Type.DATE and item.min is not None and item.min != "today":
        first = date.fromisoformat(str(item.min))
        assert not tried(db, record, item.key, first.replace(year=first.year - 1).isoformat())
        assert tried(db, record, item.key, first.isoformat())


def test_edss_and_bsn_are_checked_by_the_database(db: Database) -> None:
    good = [half / 2 for half in range(21) if half != 1]
    assert all(tried(db, Record.COURSE, "edss", each) for each in good)
    assert not any(tried(db, Record.COURSE, "edss", each) for each in (-0.5, 0.5, 1.25, 10.5, "x"))
    assert tried(db, Record.PATIENT, "bsn", "999990019")
    assert not any(tried(db, Record.PATIENT, "bsn", each) for each in ("99999001", "9999900190"))
    assert not tried(db, Record.PATIENT, "consent", 0)  # P1: without consent nothing is stored


# -- queries ---------------------------------------------------------------------------------------------


def test_every_query_runs_on_the_schema_of_the_models(
    people_registry: Registry, desk_of_people: Actor
) -> None:
    """Every filter and sort of the overview, and every other function of `store/queries`, on real rows."""
    where = reach(desk_of_people)
    base = overview.Where((where.sql,), where.params)
    today = date(2026, 11, 21)
    filters = overview.Filters(
        centre_id="x", name="b", born="1970", bsn="999990019", number=1, patient_number="1", sex="male",
        phenotype="rrms", complete=True, due=True, deceased=False, ended=False, withdrawn=False,
        last_course_from=today, last_course_until=today, changed_from=today, changed_until=today, own=frozenset({"x"}),
        shared=frozenset({"x"}),
    )  # fmt: skip
    with people_registry.light() as db:
        assert overview.page(db, overview.where(base, filters, today), limit=5) == []
        everybody = overview.where(base, overview.Filters(), today)
        total = overview.count(db, everybody)
        assert total == walking.patient_count(db) == 30
        for sort in overview.SORTS:
            for descending in (False, True):
                page = overview.page(db, everybody, sort=sort, descending=descending, limit=50)
                assert len(page) == 30
                assert {len(row) for row in page} == {len(overview.COLUMNS)}
                places = browsing.places(db, everybody, sort=sort, descending=descending, limit=50)
                assert overview.by_numbers(db, [place.number for place in places]) == page
        ids = list(overview.each_id(db, everybody))
        assert overview.count_all(db, everybody) == len(ids)
        counted = reports.counts(db, "patient")
        assert sum(counted.values()) == total
        for centre_id in (None, *counted):
            own = {row[0] for row in reports.people(db, centre_id)}
            assert len(own) == (counted[centre_id] if centre_id else total)
            for table in ("course", "disease_event", "medication", "prom"):
                walked = [row[0] for row in reports.records(db, table, centre_id)]
                assert walked == sorted(walked)
                assert set(walked) <= own
                assert centre_id or len(walked) == sum(reports.counts(db, table).values())
            for table in ("patient", "course", "disease_event", "medication", "adverse_event"):
                assert {each["of_patient"] for each in reports.lacking(db, table, centre_id)} <= own
            if centre_id:
                assert reports.shared_with(db, centre_id).isdisjoint(own)
        assert [row[1] for row in reports.centres(db)] == sorted(row[1] for row in reports.centres(db))
        patients = dossiers.patients_by_ids(db, ids)
        assert len(patients) == len(walking.patients_after(db, 0)) == 30
        assert set(patients[0]) == set(metadata().tables["patient"].c.keys())
        one = patients[0]
        same = dossiers.patients_by_numbers(db, one["centre_id"], [one["patient_number"]])
        assert same == [one]
        assert dossiers.patients_by_bsn(db, [one["bsn"] or "999990019"]) in ([one], [])
        for record in Record:
            if record is not Record.PATIENT:
                found = list(dossiers.records_of(db, record, ids))
                assert len(found) == dossiers.count_of(db, record, ids) > 0
                assert set(found[0]) == set(metadata().tables[TABLES[record]].c.keys())
        assert len(read_by_ids(db, ids)) == 30
        for wanted in (
            audit_log.Wanted(),
            audit_log.Wanted(patient_id=ids[0], user=desk_of_people.user, event="demo"),
            audit_log.Wanted(since=people_registry.clock(), before=people_registry.clock()),
        ):
            audit_log.newest(db, wanted, limit=5)
        last = audit_log.head(db)
        assert audit_log.event(db, last) is not None
        assert audit_log.items(db, last, limit=5)
        assert audit_log.numbers(db, ids) == {row["id"]: row["number"] for row in patients}
        with transaction(db):
            walking.set_columns(db, "patient", ids[0], ["open_questions"], [0])
            numbers.keep_number(db, 7)
        assert numbers.last_number(db) == 30
        # No batch: the people were made up. What the log tells of their making stands in for one.
        ((made,),) = db.rows("SELECT DISTINCT seq FROM audit_item WHERE entity = 'course' AND action = 'C'")
        assert (batches.next_number(db), list(batches.newest(db)), batches.by_number(db, 1)) == (1, [], None)
        assert not batches.mark_undone(db, 1, seq=1, at="2026", by="x")
        assert batches.codes(db, sorted({each["centre_id"] for each in patients})) >= {"AMS01", "UTR01"}
        added, changed = batches.patients_of(db, made)
        assert (len(added), changed) == (30, [])
        assert len(batches.items_of(db, (made,), added)) > 30
        assert len(batches.items_page(db, made, where.sql, where.params, limit=9, offset=3)) == 9
        assert batches.hidden_patients(db, added, where.sql, where.params) == []
        assert batches.changed_after(db, made, added) == []
        assert len(batches.shares_of(db, added)) > 1
        assert set(batches.rows_by_ids(db, "patient", added)) == set(added)
        assert batches.numbers_deleted(db, added) == {}
        for record in Record:
            names = ["p.number", "c.code", "t.complete", *(["m.medicine"] * (record is Record.ADVERSE_EVENT))]
            rows_left = list(leaving.rows_of_event(db, record, made, names))
            assert len(rows_left) == leaving.count_of_event(db, record, made) > 0
            assert {len(row) for row in rows_left} == {len(names)}
        traits = [count for _traits, count in leaving.traits_of_event(db, made)]
        assert 1 < len(traits) <= 30
        assert sum(traits) == leaving.count_of_event(db, Record.PATIENT, made)
        assert list(left.newest_left(db, since=None, recipient=None, centres=None)) == []
        invited = proms.concerned(everybody, today, due=False)
        listed = proms.page(db, invited, limit=50, offset=0)
        assert 0 < len(listed) == proms.count(db, invited) < 30
        assert {len(row) for row in listed} == {len(proms.COLUMNS)}
        assert proms.count(db, proms.concerned(everybody, today, due=True)) > 0
        assert sum(row[1] for row in proms.response(db, everybody, today)) <= len(listed)
        assert {each.event for each in setters.changes_of(db, ids)} == {"demo.fill"}
        course = next(dossiers.records_of(db, Record.COURSE, ids))
        wanted = history.Wanted(
            one["id"], (*TABLES.values(), history.CONFIRMATION), "edss", "x", datetime(2026, 1, 1, tzinfo=UTC)
        )
        assert list(history.changes(db, wanted)) == []
        found = list(history.changes(db, replace(wanted, user=None)))
        assert {each["entity"] for each in found} == {"course"}
        assert list(history.confirmations(db, one["id"], [last])) == []
        assert history.kind_of(db, one["id"], course["id"]) in ("course", "")
        assert history.deleted(db, one["id"], "course", [course["id"]]) == {}
        assert history.batches(db, [last]) == history.share_centres(db, ["x"]) == {}
        user = desk_of_people.user
        filled = next(own_changes.of_user(db, user))
        assert filled["event"] == "demo.fill"
        assert own_changes.of_entry(db, user, "x", ids) == []
        assert set(ids) <= set(own_changes.patients_of(db, [filled["seq"]]))
        assert {each["action"] for each in own_changes.shares_touched(db, [filled["seq"]])} <= {"C"}
        assert own_changes.times_changed(db, course["patient_id"], [course["id"]]) == {course["id"]: 1}
        assert own_changes.undone_batches(db) == set()
        row = {"id": course["id"], "edss": course["edss"], "version": course["version"] + 1}
        with transaction(db):
            assert saving.change(db, "course", [row]) == 1
            assert saving.change(db, "course", [row]) == 0  # somebody was before us
            db.execute("DELETE FROM course WHERE id = ?", (course["id"],))
            saving.add(db, "course", [course])
        now = saving.moment(people_registry.clock())
        told = list(lareb.to_report(db, where.sql, where.params))
        assert told
        assert set(metadata().tables["adverse_event"].c.keys()) < set(told[0])
        assert next(iter(lareb.of_patient(db, told[0]["patient_id"])))["id"] in {each["id"] for each in told}
        assert (lareb.astray(db, where.sql, where.params), lareb.next_numbers(db)) == ([], (1, 1))
        own = {"id": "l" * 32, "created_at": now, "updated_at": now, "version": 1}
        sent = own | {"number": 1, "name": "L", "seq": 1, "made_by": "x", "made_by_name": "x", "centre_id": None,
                      "sender": "x", "receiver": "x", "reports": 1, "coded": 0, "head": "", "tail": "",
                      "csv_head": "", "sha256": "x"}  # fmt: skip
        report = own | {"id": "r" * 32, "batch_id": "l" * 32, "place": 0, "event_id": told[0]["id"], "number": 1,
                        "patient_id": told[0]["patient_id"], "name": "R", "edition": 1, "coded": 0,
                        "digest": "x", "message": None, "line": "x"}  # fmt: skip
        with transaction(db):
            lareb.add_batch(db, sent, [report])
            assert [each["number"] for each in lareb.unwritten(db)] == [1]
            assert lareb.mark_written(db, "l" * 32, now)
            assert not lareb.mark_written(db, "l" * 32, now)
            lareb.mark_batch(db, "l" * 32, answer="AE", text="x", sha256="x", at=now, seq=1)
            lareb.mark_report(db, "r" * 32, answer="CR", text="x", at=now)
        assert lareb.unwritten(db) == []
        (listed_batch,) = lareb.newest(db)
        assert listed_batch == lareb.by_number(db, 1) == lareb.by_name(db, "L")
        assert (listed_batch["refused"], listed_batch["emptied"]) == (1, 0)
        with transaction(db):
            lareb.forget(db, told[0]["patient_id"])
        (emptied,) = lareb.reports_of(db, "l" * 32)
        assert (emptied["line"], emptied["digest"], emptied["answer_text"]) == (None, None, None)
        assert lareb.next_numbers(db) == (2, 2)
        draft = {"id": "d" * 32, "created_at": now, "updated_at": now, "version": 1, "begun_by": "x",
                 "record": "disease", "adding": 1, "centre_id": None, "patient_id": course["patient_id"],
                 "parent_id": None, "record_id": None, "answers": '{"kind": "relapse"}', "passed": "[]",
                 "confirmed": "[]"}  # fmt: skip
        with transaction(db):
            saving.add(db, "draft", [draft])
        (found_draft,) = drafts.of_user(db, "x")
        assert set(found_draft) == {*metadata().tables["draft"].c.keys(), "number", "centre_code", "kind"}
        assert drafts.by_id(db, draft["id"]) == found_draft
        assert (drafts.of_user(db, "y"), drafts.by_id(db, "e" * 32)) == ([], None)
        assert not drafts.remove(db, draft["id"], 2)
        assert drafts.remove(db, draft["id"], 1)
        whole = [(1, 9_999_999)]
        assert completing.lowest(db, everybody, whole, 3) == [1, 2, 3]
        assert completing.highest(db, everybody, whole) == [30]
        assert len(completing.newest(db, everybody, whole, 5, 20)) == 5
        assert all(completing.identities(db, record, ids[0]) for record in completing.TOGETHER)
        assert set(completing.centre_codes(db)) >= {"AMS01", "UTR01"}
        assert (tombstones.by_number(db, 1), tombstones.numbers_of(db, ids)) == (None, {})
        assert sum(map(len, tombstones.children_of(db, one["id"]).values())) > 5
        db.execute("BEGIN IMMEDIATE")
        assert tombstones.empty_log(db, one["id"], seq=last + 1) > 5
        assert not tombstones.remove(db, one["id"], one["version"] + 1)
        assert tombstones.remove(db, one["id"], one["version"])
        db.execute("ROLLBACK")
        rows.in_passing(db)
        assert db.one("PRAGMA cache_size") == (-8192,)


def sql_texts() -> Iterator[tuple[str, str]]:
    """Texts with SQL in `store/queries`, with the pieces that are put in left out."""
    for module in iter_modules(queries.__path__):
        tree = ast.parse(inspect.getsource(import_module(f"{queries.__name__}.{module.name}")))
        documentation = {
            id(each.value)
            for each in ast.walk(tree)
            if isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in documentation
            ):
                yield module.name, node.value


def test_every_column_that_a_query_names_is_in_the_models() -> None:
    aliases = {
        "p": "patient",
        "c": "centre",
        "s": "share",
        "e": "audit_event",
        "i": "audit_item",
        "b": "batch",
        "g": "tombstone",
        "d": "draft",
        "q": "prom",
        "n": "notification",
        "k": "case_step",
        "y": "null_report",
        "u": "operator",
        "f": "case_document",
        "ob": "outbox",
        "ml": "mail_link",
        "wq": "questionnaire",
    }
    common = set.intersection(
        *(set(metadata().tables[table].c.keys()) for r, table in TABLES.items() if r != "patient")
    )
    special = {
        "answered_on",
        "course_date",
        "start_date",
        "kind",
        "date",
        "medication_id",
        "description",
        "medicine",
    }
    seen = 0
    for module, text in sql_texts():
        for alias, column in re.findall(r"\b(ml|ob|wq|[pcseibgdqnkfyu])\.([a-z_]+)\b", text):
            seen += 1
            assert column in metadata().tables[aliases[alias]].c, f"{module}: {alias}.{column}"
        for column in re.findall(r"\bt\.([a-z_]+)\b", text):
            seen += 1
            assert column in common | special, f"{module}: t.{column}"
    assert seen > 60


def test_every_query_module_is_tried_here() -> None:
    assert {each.name for each in iter_modules(queries.__path__)} == {
        "audit_log", "batches", "browsing", "case_documents", "case_history", "cases", "completing", "dossiers", "drafts", "due", "history", "lareb", "leaving", "left", "links", "mail_codes", "null_reports", "numbers",
        "outbox", "overview", "own_changes", "proms", "questionnaires", "reports", "rows", "saving", "setters", "tombstones", "walking",
    }  # fmt: skip


def test_every_query_of_links_runs_on_the_schema_of_the_models(people_registry: Registry) -> None:
    """A link of each kind, what it began, and a code that was asked for by it."""
    now, today = people_registry.clock(), date(2026, 11, 21)
    with people_registry.light() as db:
        found = db.one("SELECT id FROM patient WHERE number = 1")
    assert found is not None
    mail = mailed(people_registry, patient_id=found[0])
    digest = token_digest(token_of(people_registry, mail))
    with people_registry.light() as db, transaction(db):
        link = links.find(db, digest, "prom")
        assert link is not None
        assert links.by_id(db, link["id"]) == link
        assert links.find(db, digest, "stop") is None
        asked = questionnaires.find(db, digest, today)
        assert asked is not None
        kept = questionnaires.keep(db, asked, new_id(), {"mobility": "2"}, now)
        assert questionnaires.lapsed(db, now) == []
        assert questionnaires.lapsed(db, now + timedelta(days=3)) == [(kept, found[0])]
        asked = questionnaires.find(db, digest, today)
        assert asked is not None
        assert (asked["id"], asked["answers"]) == (kept, '{"mobility":"2"}')
        assert questionnaires.finish(db, asked, new_id(), "e" * 32, today, now) == kept
        assert mail_codes.asked_since(db, link["id"], now) == 0
        assert mail_codes.living(db, link["id"], now, 5) == []
        mail_codes.count_tries(db, [link["id"]], 1, now)
        mail_codes.use(db, link["id"], now)
        mail_codes.kill(db, [link["id"]], now)
        found_again = links.by_id(db, link["id"])
        assert found_again is not None
        assert (found_again["tries"], found_again["revoked_at"] is None) == (1, False)
        assert links.revoke(db, [mail], now) == 0
        questionnaires.remove(db, [kept])
        links.drop(db, mail, [digest])
        assert links.by_id(db, link["id"]) is None


def test_every_query_of_cases_runs_on_the_schema_of_the_models(
    registry: Registry, desk: Actor, today: date
) -> None:
    """One case with its steps, a file and its null report, in the columns of the models."""
    new = reported(registry, desk, today, event_date=today)
    add_file(registry, new.id, wanted="delivery_report")
    with registry.light() as db:
        columns = set(metadata().tables["notification"].c.keys()) | {"centre_code", "centre_name"}
        where = case_reach(desk)
        one = cases.by_number(db, new.number, where.sql, where.params)
        assert one is not None
        assert set(one) == columns
        assert cases.by_id(db, new.id) == one
        assert cases.by_number(db, new.number._replace(place=2), where.sql, where.params) is None
        for narrowed in (
            {},
            {"states": CaseState},
            {"theme": one["theme"]},
            {"centre_id": one["centre_id"]},
            {"process": Process.NETHOSS},
        ):
            assert list(cases.newest(db, where.sql, where.params, **narrowed)) == [one]  # type: ignore[arg-type]
        assert not list(cases.newest(db, where.sql, where.params, states=[CaseState.APPROVED]))
        assert cases.numbers(db, where.sql, where.params, 5) == [new.number]
        assert cases.numbers_by_id(db, [new.id, "x"]) == {new.id: new.number}
        assert cases.next_place(db, Process.NETHOSS, today.year) == 2
        assert cases.next_place(db, Process.LATE_TERMINATION, today.year) == 1
        (step,) = cases.steps(db, new.id)
        assert set(step) == set(metadata().tables["case_step"].c.keys())
        assert cases.next_step(db, new.id) == 2
        (document,) = cases.documents(db, [new.id])
        assert set(document) == set(metadata().tables["case_document"].c.keys())
        assert case_documents.document_at(db, new.id, 1) == document
        assert case_documents.document_at(db, new.id, 2) is None
        assert case_documents.next_place(db, new.id) == 2
        assert case_documents.stored_bytes(db, one["centre_id"]) == document["size"]
        facts = {"size": document["size"], "sha256": document["sha256"]}
        assert b"".join(case_documents.chunks(db, document["id"], **facts)).startswith(b"Verslag")
        assert case_documents.incomplete(db) == case_documents.orphans(db) == []
        (event,) = case_history.events(db, new.id, limit=5)
        assert [each["entity"] for each in case_history.items(db, new.id, [event["seq"]])] == [
            "notification",
            "case_step",
        ]
        assert audit_log.newest(db, audit_log.Wanted(case_id=new.id), limit=5)[0] == [event]
        with transaction(db):
            saving.add(db, "null_report", [_null_report(one["centre_id"])])
            month = ("nethoss", "2026-10", new.id, registry.clock())
            undone = null_reports.undo(db, one["centre_id"], *month)
            assert undone is not None
            assert set(undone) == set(metadata().tables["null_report"].c.keys())
            assert null_reports.undo(db, one["centre_id"], *month) is None
            now = f"{today:%Y-%m}"
            assert null_reports.cases_in_month(db, one["centre_id"], "nethoss", now) == 1
            assert null_reports.cases(db, "nethoss") == [(one["centre_id"], now, 1)]
            (kept,) = null_reports.reports(db, "nethoss")
            assert kept == null_reports.find(db, one["centre_id"], "nethoss", "2026-10")
            assert kept["undone_by"] == new.id
            again = {"id": kept["id"], "undone_by": None, "version": kept["version"] + 1}
            assert null_reports.renew(db, again)
            assert not null_reports.renew(db, again)
            null_reports.remove(db, kept["id"])
            assert null_reports.find(db, one["centre_id"], "nethoss", "2026-10") is None
            null_reports.keep(db, kept)
            assert list(null_reports.reports(db, "lza1")) == []
            assert null_reports.notifiers(db) == []
            assert [each[1] for each in null_reports.centres(db)] == ["AMS01", "UTR01"]


def test_every_query_of_what_is_due_runs_on_the_schema_of_the_models(
    people_registry: Registry, desk_of_people: Actor, today: date
) -> None:
    """A patient and a case with all that is asked before a mail goes; the rest is in the tests of reminders."""
    new = reported(people_registry, desk_of_people, today - timedelta(weeks=5))
    with people_registry.light() as db:
        row = db.one("SELECT id, centre_id, asked_for_on, ask_due_on FROM patient WHERE number = 1")
        assert row is not None
        found = due.patient(db, row[0])
        assert found is not None
        assert set(found) - {"newest_course_id"} < set(metadata().tables["patient"].c.keys())
        assert (
            due.patient(db, "x") is due.centre(db, "x") is due.case(db, "x") is due.notifier(db, "x") is None
        )
        centre = due.centre(db, row[1])
        assert centre is not None
        assert set(centre) < set(metadata().tables["centre"].c.keys())
        case = due.case(db, new.id)
        assert case is not None
        assert set(case) == set(metadata().tables["notification"].c.keys()) | {"centre_name", "active"}
        assert due.who_answers_for(db, row[1], "x") is None
        assert due.due_courses(db, row[1], today) >= due.has_due_course(db, row[1], today)
        assert (due.month_answered(db, row[1], "nethoss", "2026-01"), due.has_list_since(db, "x", "")) == (
            False,
            False,
        )
        assert list(due.repeats(db, today, up_to=today, after=date.min)) == []
        assert [each["id"] for each in due.case_rounds(db)] == [
            each["id"] for each in due.waiting_cases(db, today)
        ]
        assert (due.centres_to_tell(db, "", ""), due.notifiers_to_ask(db, "", "", "", before="")) == ([], [])
        assert (list(due.waiting(db)), due.case_reminders(db)) == ([], [])
        with transaction(db):
            due.asked(db, [("2026-11-21", row[0])])
            due.reminded(db, [(4, None, new.id)])
        changed = db.one(
            "SELECT asked_for_on, asked_course_id, ask_due_on FROM patient WHERE id = ?", (row[0],)
        )
        assert changed == ("2026-11-21", found["newest_course_id"], None)
        assert not list(due.waiting_cases(db, today))


def _null_report(centre_id: str) -> dict[str, Any]:
    return {
        "id": "1" * 32, "created_at": "2026", "updated_at": "2026", "version": 1, "centre_id": centre_id,
        "process": "nethoss", "month": "2026-10", "user": "x", "user_name": "x",
    }  # fmt: skip


def test_what_was_done_to_a_case_is_found_by_an_index(registry: Registry) -> None:
    """Nobody waits for a walk through millions of rows of the log; this fails when the index is not used."""
    with registry.light() as db:
        plan = db.rows(
            "EXPLAIN QUERY PLAN SELECT DISTINCT i.seq FROM audit_item i"
            " WHERE i.entity = 'notification' AND i.entity_id = 'x' AND i.action IN ('C', 'U', 'D')"
        )
    assert "ix_audit_item_case" in plan[0][-1]
