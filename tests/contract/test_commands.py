"""Every command, found by walking the program: help, examples, options (SPEC C1-C6, security S6, S10)."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer._click.core import Command, Context, Parameter
from typer._types import TyperChoice
from typer.core import TyperOption

from msreg.cli import root
from msreg.config import load_settings
from msreg.screen.edge import Edge, use
from msreg.screen.language import activate
from msreg.services import entering
from msreg.services.access import whoami
from msreg.services.backups import back_up
from msreg.services.case_steps import submit
from msreg.services.editing import edit_record
from msreg.services.lareb import hand_over
from msreg.services.operators import add_operator
from msreg.store.keys import renew_recovery_key
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm, Language, MailState, Record, Role
from tests.case_answers import case_with
from tests.cases import add_file, reported
from tests.lareb import acknowledgement
from tests.mail_links import mailed

SECRETS = frozenset({"password", "otp", "key", "token", "bsn", "secret", "code2fa"})
NEEDS_A_TERMINAL = frozenset({"patients browse", "drafts resume"})
"""They are nothing but keys and a screen."""
GIVES_NO_DATA = NEEDS_A_TERMINAL | {"forms export", "forms convert", "help man", "demo", "serve"}
"""Three of them write a document, or print it; `demo` is a walk for a person; `serve` gives pages."""
NEEDS_NO_REGISTRY = frozenset(
    {"users rights", "forms list", "forms show", "forms diff", "forms check", "forms export", "forms convert",
     "rules list", "rules show", "help exit-codes", "help settings", "help json", "help man", "init", "demo",
     "imports template", "proms value", "proms sets", "docs list", "docs get", "reminders preview"}
)  # fmt: skip
MUST_WORK_WITHOUT_LOG = frozenset({"doctor", "db upgrade", "db backups"})
"""They find and mend what is broken, and show nothing of a patient."""
TELLS_OF_ONESELF = frozenset({"drafts list"})
"""What one was doing oneself; the answers are seen, and logged, on going on."""


@dataclass(frozen=True, slots=True)
class Verb:
    """One command with its place in the program."""

    path: str
    command: Any
    ctx: Context

    @property
    def options(self) -> list[Parameter]:
        return self.command.get_params(self.ctx)  # type: ignore[no-any-return]


def verbs() -> Iterator[Verb]:
    program = root()
    return verbs_of(program, Context(program, info_name="msreg"), "")


def verbs_of(command: Any, ctx: Context, path: str) -> Iterator[Verb]:
    if not hasattr(command, "list_commands"):
        yield Verb(path.strip(), command, ctx)
        return
    for name in command.list_commands(ctx):
        below = command.load(ctx, name)
        yield from verbs_of(below, Context(below, info_name=name, parent=ctx), f"{path} {name}")


VERBS = {each.path: each for each in verbs()}
each_verb = pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))


@pytest.fixture
def english() -> Iterator[None]:
    yield
    use(Edge())
    activate(Language.EN)


# -- help and examples ------------------------------------------------------------------------------


@each_verb
@pytest.mark.parametrize("lang", Language)
@pytest.mark.usefixtures("english")
def test_c1_every_command_has_help_with_an_example_in_80_columns(verb: Verb, lang: Language) -> None:
    use(Edge(lang=lang, width=80))
    activate(lang)
    text = verb.command.get_help(verb.ctx)
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert verb.command.help
    assert f"msreg {verb.path}" in lines[0]
    own = [each for each in verb.options if not getattr(each, "hidden", False)]
    for option in own:
        assert option.name == "help" or getattr(option, "help", None), f"{option.name} has no help"
    after = text.split(verb.command.epilog.split()[0])[-1]
    assert after
    assert all("msreg " in line for line in verb.command.epilog.splitlines())


def examples() -> Iterator[tuple[str, str]]:
    for verb in VERBS.values():
        for line in verb.command.epilog.splitlines():
            yield verb.path, line.strip()


def calls(line: str) -> Iterator[list[str]]:
    """The calls of msreg in a line of shell: what stands before it and after `|` or `<` is not ours."""
    for piece in re.split(r"\|\||\||<|>|&&", line):
        words = shlex.split(piece)
        while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
            words.pop(0)
        if words[:1] == ["msreg"]:
            yield words[1:]


@pytest.mark.parametrize(("path", "line"), list(examples()))
@pytest.mark.usefixtures("english")
def test_c1_every_example_is_a_call_of_its_command_that_parses(path: str, line: str) -> None:
    found = list(calls(line))
    assert found, line
    for words in found:
        ctx, command = parsed(words)
        assert ctx.command_path == f"msreg {path}"
        assert command is not None


def parsed(words: list[str]) -> tuple[Context, Command]:
    """The context of the verb that words call, with all of its options read; nothing is run."""
    program: Any = root()
    ctx = program.make_context("msreg", list(words))
    command = program
    while hasattr(command, "list_commands"):
        left = [*ctx._protected_args, *ctx.args]
        name, command, rest = command.resolve_command(ctx, left)
        ctx = command.make_context(name, rest, parent=ctx)
    return ctx, command


# -- options ----------------------------------------------------------------------------------------


@each_verb
def test_s6_no_secret_and_no_bsn_is_an_options_value(verb: Verb) -> None:
    """Others read command lines. A closed list of places or ways holds no secret."""
    for option in verb.options:
        names = [option.name or "", *(option.opts if isinstance(option, TyperOption) else ())]
        words = {word for name in names for word in re.split(r"[-_ ]+", name.lower()) if word}
        if words & SECRETS:
            assert getattr(option, "is_flag", False) or isinstance(option.type, TyperChoice), names


@each_verb
def test_c3_what_reads_or_changes_data_gives_json(verb: Verb) -> None:
    offered = {
        name for option in verb.options for name in option.opts if not getattr(option, "hidden", False)
    }
    assert ({"--json", "--jsonl"} <= offered) is (verb.path not in GIVES_NO_DATA)


@each_verb
def test_c2_c5_common_options_are_on_every_command(verb: Verb) -> None:
    offered = {name for option in verb.options for name in option.opts}
    assert {"--lang", "--no-color", "--no-input", "--debug", "--help", "--today"} <= offered


# -- without its log nothing is shown ---------------------------------------------------------------

FINDERS: Mapping[str, str] = {
    "P": "SELECT p.number FROM patient p JOIN course c ON c.patient_id = p.id",
    "COURSE": "SELECT p.number, c.course_date FROM patient p JOIN course c ON c.patient_id = p.id",
    "DRUG": "SELECT p.number, m.medicine, m.start_date FROM patient p JOIN medication m ON m.patient_id = p.id",
    "ALONE": "SELECT p.number FROM patient p JOIN centre c ON c.id = p.centre_id WHERE c.code <> 'AMS01'"
    " AND p.id NOT IN (SELECT patient_id FROM share)",
    "SHARED": "SELECT p.number, '--with', c.code FROM patient p JOIN share s ON s.patient_id = p.id"
    " JOIN centre c ON c.id = s.centre_id WHERE s.until IS NULL",
    "ALIVE": "SELECT p.number FROM patient p JOIN course c ON c.patient_id = p.id WHERE NOT p.deceased",
    "RRMS": "SELECT p.number FROM patient p WHERE NOT p.deceased AND p.last_phenotype = 'rrms'",
    "UNMEDICATED": "SELECT p.number FROM patient p WHERE NOT p.deceased"
    " AND p.id NOT IN (SELECT patient_id FROM medication)",
    "UNREFERRED": "SELECT p.number FROM patient p WHERE NOT p.deceased"
    " AND p.id NOT IN (SELECT patient_id FROM disease_event WHERE kind = 'referral')",
    "REFERRED": "SELECT p.number FROM patient p JOIN disease_event d ON d.patient_id = p.id"
    " WHERE d.kind = 'referral'",
    "PHENOTYPE": "SELECT p.number, d.date FROM patient p JOIN disease_event d ON d.patient_id = p.id"
    " WHERE d.kind = 'phenotype'",
    "RELAPSE_DAY": "SELECT p.number, d.date FROM patient p JOIN disease_event d ON d.patient_id = p.id"
    " WHERE d.kind = 'relapse'",
    "RUNNING": "SELECT p.number FROM patient p JOIN medication m ON m.patient_id = p.id"
    " WHERE m.stop_date IS NULL AND NOT p.deceased",
    "PROM": "SELECT p.number, q.answered_on FROM patient p JOIN prom q ON q.patient_id = p.id",
    "EFFECT": "SELECT p.number, m.medicine, m.start_date, a.description FROM patient p"
    " JOIN medication m ON m.patient_id = p.id JOIN adverse_event a ON a.medication_id = m.id",
}

LINES: Mapping[str, str] = {
    "patients list": "",
    "patients find": "{P}",
    "patients show": "{P}",
    "patients why": "{P}",
    "patients add": "--centre AMS01 --consent yes --consent-date 2020-01-02 --patient-number zk-1"
    " --family-name Zk --birth-date 1980-05-06 --sex f --diagnosis-date 2019-03-04 --diagnosis-phenotype cis",
    "patients edit": "{P} --initials Q.",
    "patients decease": "{P} 2026-11-20 --yes --today 2026-11-21",
    "patients end": "{P} 2026-11-20 --reason lost --yes --today 2026-11-21",
    "patients share": "{ALONE} --with AMS01 --today 2026-11-21",
    "patients unshare": "{SHARED} --today 2026-11-21",
    "patients withdraw": "{P} --erase --yes",
    "patients consent": "{P} 2026-11-20 --today 2026-11-21",
    "patients mail": "{P} --stop --yes --today 2026-11-21",
    "patients history": "{P}",
    "undo": "--yes --today 2026-11-21",
    "courses list": "{P}",
    "courses show": "{COURSE}",
    "courses add": "{ALIVE} --course-date 2026-11-21 --edss-method not_done --mri-done no --today 2026-11-21",
    "courses delete": "{COURSE} --yes",
    "courses edit": "{COURSE} --clear fs_visual --clear fs_sensory",
    "disease show": "{P}",
    "disease phenotype add": "{RRMS} --date 2026-11-21 --phenotype spms --today 2026-11-21",
    "disease phenotype edit": "{PHENOTYPE} --clear severity --dry-run",
    "disease phenotype delete": "{PHENOTYPE} --yes",
    "disease relapse add": "{ALIVE} --date 2026-11-21 --methylprednisolone no --today 2026-11-21",
    "disease relapse edit": "{RELAPSE_DAY} --recovery none --dry-run",
    "disease relapse delete": "{RELAPSE_DAY} --yes",
    "disease referral add": "{UNREFERRED} --referred-by gp",
    "disease referral edit": "{REFERRED} --referred-by other",
    "disease referral delete": "{REFERRED} --dry-run",
    "medications list": "{P}",
    "medications add": "{UNMEDICATED} --medicine daclizumab --start-date 2017-01-01",
    "medications stop": "{RUNNING} --stop-date 2026-11-21 --safety-issue no --stop-reasons other --today 2026-11-21",
    "medications delete": "{DRUG} --yes",
    "medications edit": "{DRUG} --clear interval_days --dry-run",
    "events list": "{P}",
    "events add": "{DRUG} --description zk --report-to-lareb no",
    "events delete": "{EFFECT} --yes",
    "events edit": "{EFFECT} --severity severe",
    "events send": "--refused --out .",
    "events ack": "ack-AR.xml",
    "events batches": "",
    "events rebuild": "L-000001 --out .",
    "drafts discard": "--yes",
    "synopsis": "{P}",
    "chart": "{P}",
    "proms show": "{P}",
    "proms add": "{ALIVE} --answered-on 2026-11-21 --incomplete --today 2026-11-21",
    "proms edit": "{PROM} --health-score 50",
    "proms delete": "{PROM} --yes",
    "proms status": "--due --today 2026-11-21",
    "reports centre": "--centre AMS01",
    "reports benchmark": "--centre AMS01 --out x.html",
    "reports completeness": "",
    "reports response": "--centre AMS01 --out x.csv",
    "reports progression": "--centre AMS01 --out x.xlsx",
    "imports check": "batch.xlsx",
    "imports run": "batch.xlsx --yes",
    "imports history": "",
    "imports show": "B-000001",
    "imports undo": "B-000001 --yes",
    "exports excel": "--out x.xlsx",
    "exports csv": "--out x",
    "exports jsonl": "--out x.jsonl",
    "exports parquet": "--out x",
    "exports spss": "--out x",
    "exports odm": "--out x.xml",
    "exports fhir": "--out x.json",
    "exports list": "",
    "exports whose": "A" * 16,
    "cases new": "--theme HYS --centre AMS01",
    "cases list": "",
    "cases show": "NC-2026-0001",
    "cases edit": "NC-2026-0001 --patient-number 7",
    "cases history": "NC-2026-0001",
    "cases crf": "NC-2026-0003 --age 34",
    "cases swansea": "NC-2026-0004 --bilirubin 88",
    "cases upload": "NC-2026-0001 a.txt",
    "cases remove": "NC-2026-0001 1 --yes",
    "cases download": "NC-2026-0001 1 --out x",
    "cases scan": "NC-2026-0001",
    "cases check": "NC-2026-0001",
    "cases due": "",
    "cases submit": "NC-2026-0001",
    "cases return": "NC-2026-0002 --remark x --yes",
    "cases approve": "NC-2026-0002 --yes",
    "cases withdraw": "NC-2026-0001 --remark x --yes",
    "cases nothing": "UTR01 2026-10",
    "cases months": "",
    "cases export": "--out x.zip --state submitted",
    "cases whose": "AAAAAAAAAAAAAAAA",
    "reports notifications": "--out x.xlsx",
    "reminders due": "--today 2026-12-01",
    "reminders run": "--today 2026-12-01",
    "reminders log": "",
    "reminders retry": "--failed --yes",
    "reminders cancel": "{MAIL} --yes",
    "reminders password": "",
    "serve": "--check",
    "centres list": "",
    "centres add": "TST09 --name Test",
    "centres edit": "AMS01 --name Anders",
    "users list": "",
    "users add": "janneke --role auditor",
    "users edit": "jan@example.org --language nl",
    "users remove": "jan@example.org --yes",
    "audit list": "",
    "audit show": "1",
    "audit verify": "",
    "audit anchor": "",
    "db check": "",
    "db recover": "",
    "db backup": "--to kept",
    "db restore": "{BACKUP} --yes",
}
"""How each command is called in earnest; the names in braces are found in the registry."""

SCANNED = '[cases]\nscanner = "clamscan"\nscanner_address = "/bin/false"\n'
"""A scanner that can be asked, and never knows."""


def test_every_command_on_a_registry_has_a_line_here() -> None:
    others = NEEDS_NO_REGISTRY | MUST_WORK_WITHOUT_LOG | NEEDS_A_TERMINAL | TELLS_OF_ONESELF
    assert set(LINES) == set(VERBS) - others


@pytest.fixture(scope="module")
def office(people: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A registry whose log takes no row, and the patients to ask for."""
    folder = tmp_path_factory.mktemp("broken") / "copy"
    shutil.copytree(people, folder)
    shutil.copy(Path(__file__).parents[1] / "fixtures" / "batch" / "msprog.xlsx", folder / "batch.xlsx")
    environ = {"MSREG_HOME": str(folder / "home"), "MSREG_KEY_FILE": str(folder / "kek")}
    with Registry.open(load_settings(environ)) as registry, registry.light() as db:
        found = {}
        for name, sql in FINDERS.items():
            row = db.one(f"{sql} ORDER BY p.number LIMIT 1")
            assert row is not None, name
            found[name] = shlex.join([f"MS-{row[0]:07d}", *map(str, row[1:])])
        by = whoami(registry, registry.settings.environ)
        patient, today = found["P"], date(2026, 11, 21)
        edit_record(
            registry, by=by, record=Record.PATIENT, patient=patient, answers={"initials": "U."}, today=today
        )
        entry = entering.begin(registry, by=by, record=Record.DISEASE, patient=patient, today=today)
        entering.answer(registry, by=by, entering=entry, key="kind", value="relapse", today=today)
        add_operator(registry, by=by, user="jan@example.org", role=Role.JOB)
        found["MAIL"] = mailed(registry, state=MailState.FAILED)[-8:]
        hand_over(registry, by=by, folder=folder / "tmp")
        for _each in range(2):
            case = reported(registry, by, today)
            add_file(registry, case.id)
        submit(registry, by=by, case=str(case.number), today=today)
        for form in (CaseForm.CRF, CaseForm.SWANSEA):
            case_with(registry, by, today, form)
        backup = back_up(registry, by=by).made
        assert backup is not None
        found["BACKUP"] = backup.name
        (folder / "a.txt").write_text("Verslag van de ingreep.")
        (folder / "home" / "msreg.toml").write_text(f'{SCANNED}[mail]\nuser = "msreg"\n')
        acknowledgement(folder, "NL-MSREG-L000001", "AR", {})
        db.execute("CREATE TRIGGER broken BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no'); END")
        (folder / "paper").write_text(renew_recovery_key(registry.settings, registry.keys))
    return folder, found


@pytest.mark.parametrize("path", LINES)
def test_s10_no_row_in_the_log_no_answer(path: str, office: tuple[Path, dict[str, str]], launch: Any) -> None:
    folder, found = office
    words = shlex.split(LINES[path].format(**found))
    refused = launch(folder, *path.split(), *words, stdin=(folder / "paper").read_text())
    assert refused.out == ""
    # By the log and by nothing before it: a call that is wrong in itself has other codes.
    assert refused.code in (1, 8), refused
    assert refused.err
    assert not [
        each
        for each in folder.iterdir()
        if each.name in ("x", "kept", "x.zip", "x.xlsx", "x.jsonl", "x.xml", "NL-MSREG-L000001.csv")
    ]
