"""The root of the program: names and one-line helps of the groups. A group's module loads when used."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from typer import Abort, Exit
from typer._click.core import Command as AnyCommand
from typer._click.core import Context, Parameter
from typer._click.exceptions import ClickException, NoArgsIsHelpError
from typer.core import TyperOption
from typer.main import get_command

from msreg import __version__
from msreg.screen.command import Command, Group, built
from msreg.screen.edge import edge, look, use
from msreg.screen.errors import fail
from msreg.screen.language import activate
from msreg.screen.options import Common
from msreg.screen.usage import told
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.screen.kinds import Kind


class Entry(NamedTuple):
    """A group, or a single command: the module that holds its `app`, and its help."""

    module: str
    help: str
    single: bool = False


GROUPS: Mapping[str, Entry] = {
    "patients": Entry("patients", N_("People in the registry: overview, one patient, what is missing.")),
    "courses": Entry("courses", N_("Courses: the dated follow-up of a patient.")),
    "disease": Entry("disease", N_("Phenotypes, relapses and referral of a patient.")),
    "medications": Entry("medications", N_("Periods of medication of a patient.")),
    "events": Entry("events", N_("Side effects of a patient's medication.")),
    "synopsis": Entry(
        "synopsis",
        N_("One patient on one page: courses, disease history and medication in short."),
        single=True,
    ),
    "chart": Entry(
        "chart",
        N_("One patient over time: EDSS, relapses, MRI, medication and health score in one picture."),
        single=True,
    ),
    "proms": Entry(
        "proms", N_("The EQ-5D-5L of a patient: lists that were filled in, and their index value.")
    ),
    "reports": Entry("reports", N_("A centre in figures, and against all centres.")),
    "cases": Entry("cases", N_("Obstetric case notifications: report, fill in, submit and review.")),
    "reminders": Entry(
        "reminders", N_("Mails to patients, centres and notifiers: which are due, and sending them.")
    ),
    "docs": Entry("docs", N_("Letters for patients, the consent form, and the mails that patients get.")),
    "undo": Entry(
        "undo",
        N_("Take your own last change back, as a new change in the log; once more for the one before it."),
        single=True,
    ),
    "drafts": Entry("drafts", N_("Your entries that are not finished: go on, or throw them away.")),
    "serve": Entry(
        "serve",
        N_("The pages behind the links in mails: questionnaires, and the answers to the monthly mail."),
        single=True,
    ),
    "imports": Entry("imports", N_("Check and load batch files.")),
    "exports": Entry("exports", N_("Write the registry to files of many formats, and see what left.")),
    "centres": Entry("centres", N_("The hospitals that take part.")),
    "users": Entry("users", N_("Who may do what in this registry.")),
    "forms": Entry("forms", N_("The questions that are asked, and their codebook.")),
    "rules": Entry("rules", N_("The checks on the data, by code.")),
    "audit": Entry("audit", N_("The log of who saw and did what, and its proof.")),
    "db": Entry("db", N_("Care of the database.")),
    "init": Entry("init", N_("Make a new registry."), single=True),
    "doctor": Entry("doctor", N_("Look whether everything is in order on this machine."), single=True),
    "demo": Entry("demo", N_("Try msreg on made-up people, in a registry that is thrown away."), single=True),
    "help": Entry("help", N_("Exit codes, settings and JSON explained; manual pages.")),
}


class Root(Group):
    """`msreg` itself: knows its groups from the table and imports none of them for help or completion."""

    def list_commands(self, ctx: Context) -> list[str]:
        """The names of the table."""
        return list(GROUPS)

    def get_command(self, ctx: Context, cmd_name: str) -> AnyCommand | None:
        """A stand-in that knows its help."""
        entry = GROUPS.get(cmd_name)
        return Command(cmd_name, help=entry.help) if entry else None

    def load(self, ctx: Context, name: str, rest: Sequence[str] = ()) -> AnyCommand | None:
        """The real group or command."""
        entry = GROUPS.get(name)
        if entry is None:
            return None
        app = import_module(f"msreg.commands.{entry.module}").app
        return get_command(app) if entry.single else built(app, rest)

    def offer(self, kind: Kind, ctx: Context, incomplete: str) -> Any:
        """What may stand in the place of an argument of this kind, as the Tab key shows it."""
        return import_module("msreg.commands.completing").FINDERS[kind](ctx, incomplete)


def root() -> Root:
    """The program as a command of typer."""
    return Root(
        name="msreg",
        help=N_("Administration and data entry for a patient registry office."),
        epilog="msreg patients list --incomplete\nmsreg demo",
        params=[
            Common(
                param_decls=["--version"],
                is_flag=True,
                expose_value=False,
                is_eager=True,
                callback=_show_version,
                help=N_("Show the version and stop."),
            ),
            TyperOption(
                param_decls=["--install-completion"],
                is_flag=True,
                expose_value=False,
                callback=_completion,
                help=N_("Make the Tab key complete msreg's words in this shell."),
            ),
            TyperOption(
                param_decls=["--show-completion"],
                is_flag=True,
                expose_value=False,
                callback=_completion,
                help=N_("Show what --install-completion would install."),
            ),
        ],
    )


def _show_version(ctx: Context, _param: Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        sys.stdout.write(f"msreg {__version__}\n")
        raise Exit(0)


def _completion(ctx: Context, param: Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from msreg.screen.completion import install, show

        (install if param.name == "install_completion" else show)()
        raise Exit(0)


def main(arguments: list[str]) -> int:
    """Answer one call: parse, run, show; gives the exit code."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by who started us; this one stays open to the end
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show – gets the rest
    try:
        code = _run(arguments)
        sys.stdout.flush()
        return code
    except (Abort, EOFError, KeyboardInterrupt):
        error: BaseException = KeyboardInterrupt()
    except ClickException as fault:
        error = told(fault)
    except Exception as fault:  # noqa: BLE001 - the last resort: a sentence instead of a traceback
        error = fault
    reader_left = isinstance(error, BrokenPipeError) and _is_hung_up()
    _drop_what_cannot_be_written()
    if reader_left:
        return 0  # who read our output has seen enough (`| head`)
    return fail(error, edge())


def _run(arguments: list[str]) -> int:
    if "_MSREG_COMPLETE" in os.environ:
        from msreg.screen.completion import answer

        return answer(root(), os.environ)
    use(look(arguments, os.environ))
    activate(edge().lang)
    program = root()
    try:
        context = program.make_context("msreg", arguments)
        with context:
            code: Any = program.invoke(context)
    except NoArgsIsHelpError as error:
        sys.stderr.write(error.message + "\n")
        return 2
    except Exit as leaving:
        return leaving.exit_code
    return int(code or 0)


def _is_hung_up() -> bool:
    """True when nobody reads our output any more; any other pipe may break too, and that is a failure."""
    import select

    poller = select.poll()
    try:
        poller.register(sys.stdout.fileno(), 0)  # an error or a hang-up is told even when nothing is asked
    except ValueError:
        return False
    return bool(poller.poll(0))


def _drop_what_cannot_be_written() -> None:
    """Write out what is waiting; where that is impossible it goes nowhere, so that the end stays quiet."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
