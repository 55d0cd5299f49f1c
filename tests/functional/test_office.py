"""The registry office: making a registry, centres, users, the log and its proof, care of the database."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest

from msreg.config import load_settings
from msreg.store.audit_schema import TRIGGER_NAMES
from msreg.store.connect import transaction
from msreg.store.recovery import read_recovery_key
from msreg.store.registry import Registry
from msreg.store.schema import HISTORY
from msreg.vocabulary import Role

Run = Callable[..., Any]
RECOVERY = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){8}")
EVENT_KEYS = {
    "seq", "at", "user", "role", "event", "action", "patient", "case", "segment", "records", "outcome", "reason",
}  # fmt: skip


@pytest.fixture
def loaded(registry: Registry, run: Run, batches: Path) -> Registry:
    """A registry with the seven people of the batch file."""
    assert run("imports", "run", batches / "msprog.xlsx", "--yes", "--today", "2026-11-21").code == 0
    return registry


def tamper(registry: Registry, *statements: str) -> None:
    """Change the log as somebody does who has the key: the triggers go first."""
    with registry.light() as db, transaction(db):
        for name in TRIGGER_NAMES:
            db.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            db.execute(statement)


# ---- init


def test_init_makes_a_registry_and_tells_the_recovery_key_once(run: Run, tmp_path: Path) -> None:
    """SPEC C11: one command, and the first user is who ran it."""
    done = run("init", "--json")
    told = json.loads(done.out)

    assert done.code == 0, done.err
    assert set(told) == {"home", "registry", "key_source", "key_grade", "recovery_key", "user"}
    assert (told["home"], told["key_source"], told["key_grade"]) == (str(tmp_path / "home"), "file", "ok")
    assert len(read_recovery_key(told["recovery_key"])) == 20
    users = json.loads(run("users", "list", "--json").out)
    nobody_else = {"user": told["user"], "role": "desk", "centre": None, "email": None, "language": None}
    assert users == [nobody_else]
    assert not any(
        told["recovery_key"].encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )


def test_init_yes_works_on_a_machine_without_keyring(run: Run, tmp_path: Path) -> None:
    """SPEC C11: scripts rely on `init --yes`; that the key lies beside the data is said on standard error."""
    done = run("init", "--yes", MSREG_KEY_FILE="", PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")

    assert done.code == 0
    assert RECOVERY.search(done.out)
    assert str(tmp_path / "home" / "kek") in done.err
    assert run("centres", "list", MSREG_KEY_FILE="").code == 0
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "home").rglob("*")} == {0}


def test_init_says_which_option_is_missing(
    run: Run, tmp_path: Path, error_of: Callable[[str], dict[str, Any]]
) -> None:
    """SPEC C2: nobody can be asked where the key should go."""
    done = run("init", "--json", MSREG_KEY_FILE="", PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring")

    assert (done.code, done.out) == (2, "")
    assert error_of(done.err)["field"] == "key_store"
    assert "--key-store" in error_of(done.err)["hint"]
    assert not list((tmp_path / "home").iterdir())


def test_init_asks_on_a_terminal(home: dict[str, str], tmp_path: Path) -> None:
    """SPEC C2: no leaves nothing (130), yes makes the registry and shows what comes next."""
    answers = {}
    for answer in "ny":
        child = pexpect.spawn(
            sys.executable, ["-m", "msreg", "init"], encoding="utf-8", dimensions=(40, 80), cwd=str(tmp_path),
            env={**home, "MSREG_KEY_FILE": "", "TERM": "xterm",
                 "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
            timeout=60,
        )  # fmt: skip
        child.expect("beside the data")
        child.send(answer)
        answers[answer] = child.read()
        child.close()
        answers[answer + "code"] = child.exitstatus
    assert answers["ncode"] == 130
    assert answers["ycode"] == 0
    assert RECOVERY.search(answers["y"])
    assert "msreg centres add" in answers["y"]


def test_a_second_init_changes_nothing(run: Run, tmp_path: Path) -> None:
    run("init", "--yes")
    before = (tmp_path / "home" / "keys.json").read_bytes()
    done = run("init", "--yes")

    assert done.code == 8
    assert (tmp_path / "home" / "keys.json").read_bytes() == before
    assert run("audit", "verify").code == 0


@pytest.mark.parametrize("place", ["a file", "no place at all"])
def test_init_where_nothing_can_be_written(run: Run, tmp_path: Path, place: str) -> None:
    """SPEC C4: the machine failed, told in a sentence, and nothing is left."""
    taken = tmp_path / "home" / "data"
    taken.write_text("mine")
    where = tmp_path / "home" if place == "a file" else Path("/proc/msreg-home")
    done = run("init", "--yes", MSREG_HOME=str(where))

    assert done.code == 9
    assert str(where) in done.err
    assert "Traceback" not in done.err
    assert taken.read_text() == "mine"
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["data"]


# ---- a registry that cannot be opened


def test_no_registry(run: Run, error_of: Callable[[str], dict[str, Any]]) -> None:
    for words in (("centres", "list"), ("audit", "verify"), ("db", "check"), ("doctor",), ("db", "recover")):
        done = run(*words, "--json", stdin="0000-0000\n")
        assert done.code == 3, words
        assert error_of(done.err)["hint"] == "Make one with: msreg init"


def test_users_rights_needs_no_registry(run: Run) -> None:
    """SPEC S3: the one table, printed."""
    done = run("users", "rights", "--json")
    table = {row["right"]: row["roles"] for row in json.loads(done.out)}

    assert done.code == 0
    assert table["registry.admin"] == ["desk"]
    assert "auditor" not in table["patients.read"]
    assert "auditor" in table["audit.read"]


@pytest.mark.parametrize("words", [("centres", "list"), ("db", "check"), ("audit", "list")])
def test_a_wrong_key(registry: Registry, run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    """SPEC C4: told in one sentence; the doctor says the same as a red line."""
    other = tmp_path / "other"
    other.write_bytes(bytes(32))
    other.chmod(0o600)
    done = run(*words, MSREG_KEY_FILE=str(other))
    doctor = run("doctor", "--json", MSREG_KEY_FILE=str(other))

    assert (done.code, done.out) == (9, "")
    assert "does not fit" in done.err
    assert doctor.code == 9
    red = [each for each in json.loads(doctor.out)["checks"] if each["state"] == "red"]
    assert [each["check"] for each in red] == ["key"]
    assert run(*words).code == 0


def test_recovery_after_the_key_is_lost(run: Run, home: dict[str, str], tmp_path: Path) -> None:
    """security.md 4.1: the printed key opens the registry, and a new key opens it from then on."""
    key = json.loads(run("init", "--json").out)["recovery_key"]
    (tmp_path / "kek").unlink()
    assert run("centres", "list").code == 9

    wrong = run("db", "recover", stdin=key[:-1] + ("0" if key[-1] != "0" else "1"))
    nobody = run("db", "recover")
    done = run("db", "recover", "--json", stdin=key.lower() + "\n")

    assert (wrong.code, nobody.code) == (2, 2)
    assert key[:9] not in wrong.err
    assert done.code == 0, done.err
    assert json.loads(done.out) == {"home": home["MSREG_HOME"], "key_source": "file", "key_grade": "ok"}
    assert run("centres", "list").code == 0
    assert [each["event"] for each in json.loads(run("audit", "list", "--event", "db", "--json").out)] == [
        "db.recover"
    ]
    assert run("audit", "verify").code == 0


def test_the_recovery_key_of_another_registry(run: Run, tmp_path: Path) -> None:
    run("init")
    other = json.loads(run("init", "--json", MSREG_HOME=str(tmp_path / "second")).out)["recovery_key"]
    before = (tmp_path / "home" / "keys.json").read_bytes()
    done = run("db", "recover", stdin=other)

    assert done.code == 9
    assert "another registry" in done.err
    assert (tmp_path / "home" / "keys.json").read_bytes() == before


def test_a_database_of_another_version(registry: Registry, run: Run) -> None:
    """SPEC C4: a conflict; nothing is written, and the doctor shows it in red."""
    with registry.light() as db, transaction(db):
        db.execute("UPDATE meta SET value = '9999' WHERE key = 'schema'")
        db.execute("UPDATE alembic_version SET version_num = '9999'")

    assert run("centres", "list").code == 8
    assert run("db", "upgrade").code == 8
    doctor = run("doctor", "--json")
    assert doctor.code == 9
    assert [each["check"] for each in json.loads(doctor.out)["checks"] if each["state"] == "red"] == [
        "version"
    ]


def test_an_upgrade_with_nothing_to_do(registry: Registry, run: Run) -> None:
    done = run("db", "upgrade", "--json")

    assert done.code == 0
    assert json.loads(done.out) == {"before": HISTORY[-1], "after": HISTORY[-1], "copy": None}


def test_a_read_only_folder(template: Path) -> None:
    """The rights of a folder do not bind root, so the call is made as a user whom they do bind."""
    from msreg.cli import main

    folder = Path(tempfile.mkdtemp())
    try:
        shutil.copytree(template / "home", folder / "home")
        shutil.copy2(template / "kek", folder / "kek")
        who = 65534 if os.geteuid() == 0 else os.geteuid()
        for path in (folder, *folder.rglob("*")):
            os.chown(path, who, -1)
        (folder / "home" / "data").chmod(0o500)
        environ = {"MSREG_HOME": str(folder / "home"), "MSREG_KEY_FILE": str(folder / "kek"), "LANG": "C"}
        with Registry.open(load_settings({**environ, "MSREG_HOME": str(template / "home"),
                                          "MSREG_KEY_FILE": str(template / "kek")})):  # fmt: skip
            pass  # loads what the child needs, which may not read where msreg is installed
        import msreg.commands.centres
        import msreg.services.centres  # noqa: F401

        read, write = os.pipe()
        if not (child := os.fork()):
            try:
                os.dup2(write, 1), os.dup2(write, 2)
                sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
                if os.geteuid() == 0:
                    os.setgroups([]), os.setuid(who)
                os.environ.clear()
                os.environ.update(environ)
                code = main(["centres", "add", "GRO01", "--name", "Groningen"])
                sys.stdout.flush(), sys.stderr.flush()
                os._exit(code)
            except BaseException:
                traceback.print_exc()
                os._exit(99)
        os.close(write)
        with os.fdopen(read) as pipe:
            told = pipe.read()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status == 9, told
        assert "may not write" in told
        assert [each.name for each in (folder / "home" / "data").iterdir()] == ["registry.db"]
    finally:
        (folder / "home" / "data").chmod(0o700)
        shutil.rmtree(folder)


def test_a_broken_settings_file(registry: Registry, run: Run) -> None:
    """The doctor still looks at everything else."""
    registry.settings.config_file.write_text("lang = nl\n")
    assert run("centres", "list").code == 2
    doctor = run("doctor", "--json")

    checks = {each["check"]: each["state"] for each in json.loads(doctor.out)["checks"]}
    assert doctor.code == 9
    assert checks["settings"] == "red"
    assert checks["log"] == "green"


# ---- centres and users


def test_centres(registry: Registry, run: Run) -> None:
    """SPEC C11: `centres add CODE --name NAME`; codes are unique, upper or lower case."""
    added = run("centres", "add", "gro01", "--name", "Groningen", "--city", "Groningen", "--json")
    assert json.loads(added.out) == {
        "code": "GRO01", "name": "Groningen", "city": "Groningen", "active": True, "email": None,
        "language": None,
    }  # fmt: skip
    assert run("centres", "add", "GRO01", "--name", "Again").code == 8
    assert run("centres", "add", "?", "--name", "None").code == 6
    assert run("centres", "add", "GRO02").code == 2
    edited = run("centres", "edit", "gro01", "--inactive", "--name", "Groningen", "--json")
    assert json.loads(edited.out) == {"code": "GRO01", "changed": {"active": False}}
    assert run("centres", "edit", "gro01").code == 2
    assert run("centres", "edit", "NOP", "--active").code == 3
    rows = json.loads(run("centres", "list", "--json").out)
    assert [row["code"] for row in rows] == ["AMS01", "GRO01", "UTR01"]
    assert set(rows[0]) == {"code", "name", "city", "active", "patients", "email", "language"}
    assert rows[1]["active"] is False


def test_users(registry: Registry, run: Run) -> None:
    assert run("users", "add", "jan", "--role", "reader").code == 2
    assert run("users", "add", "jan", "--role", "boss").code == 2
    assert run("users", "add", "jan", "--role", "reader", "--centre", "NOP").code == 3
    # Nobody of a centre works for no centre, which would be for all of them.
    assert run("users", "add", "jan", "--role", "reader", "--centre", "").code == 3
    added = run("users", "add", "jan", "--role", "reader", "--centre", "ams01", "--json")
    assert json.loads(added.out) == {
        "user": "jan", "role": "reader", "centre": "AMS01", "email": None, "language": None,
    }  # fmt: skip
    assert run("users", "add", "jan", "--role", "desk").code == 8
    assert "jan" in run("users", "list").out


def test_who_has_no_role_and_who_may_not(registry: Registry, run: Run, sit_down: Callable[..., Any]) -> None:
    """SPEC C4, S3: 5 for who may not, which is in the log; 4 for who is nobody here."""
    sit_down(Role.READER, "AMS01")
    for words in (("users", "list"), ("audit", "list"), ("audit", "show", "1"), ("audit", "verify"),
                  ("audit", "anchor"), ("db", "check"), ("db", "upgrade"),
                  ("centres", "add", "GRO01", "--name", "Groningen")):  # fmt: skip
        assert run(*words).code == 5, words
    sit_down(Role.JOB)
    assert run("db", "check").code == 0
    assert run("db", "check", "--fix").code == 5
    sit_down(Role.DESK)
    refused = [
        each for each in json.loads(run("audit", "list", "--json").out) if each["outcome"] == "refused"
    ]
    assert len(refused) == 9
    with registry.light() as db, transaction(db):
        db.execute("DELETE FROM operator")
    assert run("audit", "list").code == 4


# ---- the log


def test_the_log_is_listed_newest_first(loaded: Registry, run: Run) -> None:
    """SPEC S5: who, role, when, patient, action, what, reason; looking at the log is logged too."""
    run("patients", "show", "MS-0000002", "--json")
    rows = json.loads(run("audit", "list", "--json").out)

    assert set(rows[0]) == EVENT_KEYS
    assert [row["seq"] for row in rows] == sorted((row["seq"] for row in rows), reverse=True)
    assert (rows[0]["event"], rows[0]["patient"], rows[0]["role"]) == ("patients.show", "MS-0000002", "desk")
    again = json.loads(run("audit", "list", "--json").out)
    assert again[0]["event"] == "audit.list"


def test_the_log_of_one_patient(loaded: Registry, run: Run) -> None:
    run("patients", "show", "MS-0000002")
    run("patients", "show", "MS-0000003")
    events = [
        row["event"] for row in json.loads(run("audit", "list", "--patient", "AMS01:00002", "--json").out)
    ]

    assert events == ["patients.show", "imports.run"]
    mine = json.loads(run("audit", "list", "--patient", "MS-2", "--event", "audit", "--json").out)
    assert [(row["event"], row["patient"]) for row in mine] == [("audit.list", "MS-0000002")]
    assert run("audit", "list", "--patient", "MS-999").code == 3


def test_the_log_is_filtered_and_paged(loaded: Registry, run: Run) -> None:
    def seen(*words: str, **more: str) -> list[int]:
        done = run("audit", "list", "--json", "--event", "centres", *words, **more)
        assert done.code == 0, done.err
        return [row["seq"] for row in json.loads(done.out)]

    everything = seen()
    assert len(everything) == 2
    assert seen("--page", "2", MSREG_PAGE_SIZE="1") == everything[1:]
    assert seen("--page", "3", MSREG_PAGE_SIZE="1") == []
    assert seen("--from", "2001-01-01", "--until", "31-12-2900") == everything
    assert seen("--until", "2001-01-01") == []
    assert seen("--from", "2900-01-01") == []
    assert seen("--user", "nobody") == []
    assert run("audit", "list", "--from", "2026-02-01", "--until", "2026-01-01").code == 2
    assert run("audit", "list", "--page", "0").code == 2


def test_one_event_shows_values_only_where_they_may_be_shown(
    loaded: Registry, run: Run, terminal: Callable[..., Any], sit_down: Callable[..., Any]
) -> None:
    """SPEC C12: names of fields when piped, values on a terminal and with --values; a BSN stays masked."""
    seq = json.loads(run("audit", "list", "--event", "imports.run", "--json").out)[0]["seq"]
    piped = run("audit", "show", seq)
    plain = json.loads(run("audit", "show", seq, "--json").out)
    full = json.loads(run("audit", "show", seq, "--json", "--values", MSREG_PAGE_SIZE="100").out)

    assert piped.code == 0
    assert "Jansen" not in piped.out
    assert "family_name" in piped.out
    assert EVENT_KEYS | {"about", "items", "more", "host", "program"} <= set(plain)
    assert set(plain["items"][0]) == {"n", "patient", "case", "entity", "entity_id", "action", "fields"}
    assert plain["more"]
    patients = [item for item in full["items"] if item["entity"] == "patient"]
    assert {item["after"]["family_name"] for item in patients} >= {"Jansen", "de Wit"}
    assert all(re.fullmatch(r"•{6}\d{3}", item["after"]["bsn"]) for item in patients)
    assert any("edss: 3.5" in line for line in terminal("audit", "show", seq).lines)
    sit_down(Role.AUDITOR)
    log_only = json.loads(run("audit", "show", seq, "--json", "--values").out)
    assert "after" not in log_only["items"][0]
    assert run("audit", "show", "999999").code == 3


def test_a_sound_log(loaded: Registry, run: Run) -> None:
    """SPEC S5: exit 0, and what was looked at."""
    done = run("audit", "verify", "--json")
    told = json.loads(done.out)

    assert done.code == 0
    assert set(told) == {
        "ok", "rows", "items", "head", "anchors", "anchor_seq", "anchor_file", "first_bad", "reason",
        "given_up", "restores",
    }  # fmt: skip
    assert (told["ok"], told["rows"], told["first_bad"]) == (True, told["head"]["seq"], None)
    assert told["anchors"] >= 1
    assert told["items"] >= 76


@pytest.mark.parametrize(
    ("statement", "bad"),
    [
        ("UPDATE audit_event SET body = replace(body, 'desk', 'dusk') WHERE seq = 2", 2),
        ("DELETE FROM audit_event WHERE seq = 3", 3),
        ("UPDATE audit_item SET after = '{}' WHERE seq = 2", 2),
        ("UPDATE audit_event SET body = x'ff' WHERE seq = 3", 3),
    ],
    ids=["changed", "removed", "item", "no text"],
)
def test_a_damaged_log(loaded: Registry, run: Run, statement: str, bad: int) -> None:
    """SPEC S5: any change is found, with its row; the finding adds nothing to the log."""
    tamper(loaded, statement)
    done = run("audit", "verify", "--json")
    told = json.loads(done.out)

    assert done.code == 6
    assert (told["ok"], told["first_bad"]) == (False, bad)
    assert str(bad) in told["reason"]
    assert run("audit", "anchor").code == 6
    assert run("doctor").code == 9
    assert json.loads(run("audit", "verify", "--json").out)["rows"] == told["rows"]
    assert run("audit", "list").code == 0


def test_a_log_that_was_cut_off(loaded: Registry, run: Run, tmp_path: Path) -> None:
    """security.md 4.4: the chain alone cannot see it, a mark outside the database can."""
    assert run("audit", "anchor", "--json").code == 0
    marks = tmp_path / "home" / "anchors" / "anchors.jsonl"
    shutil.copy2(marks, tmp_path / "copy.jsonl")
    tamper(loaded, "DELETE FROM audit_item WHERE seq > 3", "DELETE FROM audit_event WHERE seq > 3")

    assert run("audit", "verify").code == 6
    marks.unlink()
    done = run("audit", "verify", "--anchor", tmp_path / "copy.jsonl", "--json")
    assert done.code == 6
    assert json.loads(done.out)["first_bad"] == 4
    assert run("audit", "verify", "--anchor", tmp_path / "none.jsonl").code == 3


def test_marks_that_are_not_ours(loaded: Registry, run: Run, tmp_path: Path) -> None:
    marks = tmp_path / "home" / "anchors" / "anchors.jsonl"
    marks.write_text(marks.read_text().replace('"seq":1', '"seq":2', 1))
    done = run("audit", "verify")

    assert done.code == 6
    assert "Line 1" in done.out


def test_a_mark_on_demand(loaded: Registry, run: Run) -> None:
    done = run("audit", "anchor", "--json")
    told = json.loads(done.out)

    assert done.code == 0
    assert set(told) == {"seq", "mac", "at", "file"}
    verified = json.loads(run("audit", "verify", "--json").out)
    assert verified["anchor_seq"] == told["seq"]


# ---- care of the database


def test_db_check_finds_and_mends_what_is_derived(loaded: Registry, run: Run) -> None:
    """DESIGN 1.4: the columns are compared with what the rules make of the answers."""
    with loaded.light() as db, transaction(db):
        db.execute("UPDATE patient SET complete = 0, last_course_on = '2001-01-01' WHERE number = 2")
        db.execute("UPDATE course SET open_questions = 7 WHERE id = (SELECT min(id) FROM course)")
    found = run("db", "check", "--json")
    told = json.loads(found.out)

    assert found.code == 6
    assert set(told) == {
        "ok", "patients", "records", "damage", "differences", "fixed", "files", "dropped", "cases", "cases_fixed",
    }  # fmt: skip
    assert (told["patients"], told["records"], told["fixed"]) == (7, 76, 0)
    by_record = {(each["patient"], each["record"]): each["columns"] for each in told["differences"]}
    assert by_record["MS-0000002", "patient"] == ["complete", "last_course_on"]
    assert ["open_questions"] in by_record.values()
    assert "2001-01-01" not in found.out

    fixed = run("db", "check", "--fix")
    assert fixed.code == 0, fixed.err
    assert run("db", "check").code == 0
    log = json.loads(run("audit", "list", "--event", "db.fix", "--json").out)
    assert [each["records"] for each in log] == [2]
    assert run("audit", "verify").code == 0


def test_a_damaged_file(loaded: Registry, run: Run) -> None:
    """SPEC C4: the machine failed (9); what stands on damaged pages is not judged."""
    path = loaded.settings.database_file
    with loaded.light() as db:
        db.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[-2000] ^= 1
    path.write_bytes(content)
    done = run("db", "check", "--json")
    doctor = run("doctor", "--json")

    assert done.code == 9, done.err
    assert json.loads(done.out)["damage"]
    assert doctor.code == 9
    assert "integrity" in [
        each["check"] for each in json.loads(doctor.out)["checks"] if each["state"] == "red"
    ]


def test_a_healthy_registry(loaded: Registry, run: Run, terminal: Callable[..., Any]) -> None:
    """security.md 4.10: a sign beside the colour, within 80 columns."""
    done = run("doctor", "--json")
    told = json.loads(done.out)

    assert done.code == 0
    assert told["state"] == "green"
    assert {each["check"] for each in told["checks"]} == {
        "settings", "driver", "files", "place", "room", "key", "database", "integrity", "version", "log",
        "marks", "clock", "mail",
    }  # fmt: skip
    seen = terminal("doctor")
    assert sum(line.startswith(" ✓") for line in seen.lines) == 13
    assert seen.colour("✓") == "green"
    assert seen.code == 0


def test_files_that_are_open_to_others(loaded: Registry, run: Run, tmp_path: Path) -> None:
    (tmp_path / "home" / "keys.json").chmod(0o644)
    done = run("doctor")

    assert done.code == 9
    assert "chmod 600" in done.out


def test_no_value_of_a_patient_is_shown_when_piped(loaded: Registry, run: Run) -> None:
    """SPEC C12: places, fields and codes."""
    told = ""
    for words in (("audit", "list"), ("audit", "show", "4"), ("audit", "verify"), ("db", "check"),
                  ("doctor",), ("audit", "list", "--json"), ("audit", "show", "4", "--json")):  # fmt: skip
        done = run(*words)
        told += done.out + done.err
    assert not re.search(r"Jansen|de Wit|9999\d{5}|1012 AB|example\.org", told)
