"""What the measurements stand on: peers, variables, and one encrypted registry of made-up people."""

from __future__ import annotations

import compileall
import os
import secrets
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from benchmarks.crowd import all_invited, crowd
from msreg.clock import today
from msreg.config import load_settings
from msreg.services import access, made_up, operators
from msreg.services.naming import registry_number
from msreg.store.actor import Actor
from msreg.store.registry import Registry

ROOT = Path(__file__).parent.parent
PATIENTS = 10_000
LARGE, SMALL = 10_000, 1_000
"""Patients in the batch files, each with ten courses."""
FILLED = 1_000
SEED = 20_000

_TWO_COMMANDS = '''
import typer

app = typer.Typer()


@app.command()
def hello(name: str) -> None:
    """Say hello."""


@app.command()
def goodbye(name: str, formal: bool = False) -> None:
    """Say goodbye."""
'''
_NOTHING = '''
import typer

app = typer.Typer()


@app.command()
def nothing() -> None:
    """Do nothing."""
'''
_PEERS: Mapping[str, str] = {"two_commands": _TWO_COMMANDS, "nothing": _NOTHING}


@dataclass
class Ground:
    """A folder that lives as long as one run; the registry in it is made when first asked for."""

    folder: Path
    patients: int = PATIENTS
    crowd: int = 0
    """Patients beside these who have no records: for what must not grow with them."""
    most: int = 10_000_000
    """Patients in the largest registry that `of` makes; a test wants fewer."""
    large: int = LARGE
    small: int = SMALL
    _others: dict[int, Ground] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        """The variables of every measured process: few, and the same on every machine."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {
            **kept,
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "PYTHONPATH": str(ROOT) if self._console_script is None else "",
            "MSREG_HOME": str(self.folder / "registry"),
            "MSREG_KEY_FILE": str(self.folder / "key"),
        }

    def msreg(self, *words: str) -> list[str]:
        """msreg as its users start it: by the script that installing makes, or one that does the same."""
        script = self._console_script
        if script is None:
            script = self.folder / "msreg"
            script.write_text("import sys\nfrom msreg.__main__ import main\nsys.exit(main())\n")
        return [sys.executable, str(script), *words]

    def peer(self, name: str, *words: str) -> list[str]:
        """A bare Typer program, compiled, behind a start script as an installed one has."""
        home = self.folder / "peers"
        start = home / f"start_{name}.py"
        if not start.exists():
            home.mkdir(exist_ok=True)
            (home / f"{name}.py").write_text(_PEERS[name])
            start.write_text(f"import sys\nfrom {name} import app\nsys.exit(app())\n")
            compileall.compile_dir(home, quiet=2)
        return [sys.executable, str(start), *words]

    def of(self, patients: int) -> Ground:
        """Another registry, of so many patients; most of them without records."""
        patients = min(patients, self.most)
        if patients not in self._others:
            folder = self.folder / f"of_{patients}"
            folder.mkdir()
            self._others[patients] = Ground(folder, patients=FILLED, crowd=patients - FILLED)
        return self._others[patients]

    @cached_property
    def _console_script(self) -> Path | None:
        script = Path(sysconfig.get_path("scripts")) / "msreg"
        return script if script.exists() else None

    @cached_property
    def incomplete_patient(self) -> str:
        """Number of a patient of the registry who is not complete; makes the registry."""
        registry, by = new_registry(self.environ)
        with registry:
            made_up.fill(registry, by=by, seed=SEED, patients=self.patients, today=today())
            with registry.light() as db:
                if self.crowd:
                    crowd(db, self.crowd, today=today(), first=self.patients + 1)
                all_invited(db, today=today())
                found = db.one("SELECT min(number) FROM patient WHERE NOT complete AND number > 100")
        assert found is not None
        return registry_number(found[0])


def new_registry(environ: Mapping[str, str]) -> tuple[Registry, Actor]:
    """An encrypted registry for made-up people at the place that the variables name, and who is at work."""
    key = Path(environ["MSREG_KEY_FILE"])
    key.touch(mode=0o600)
    key.write_text(secrets.token_hex(32))
    registry, _recovery = Registry.create(load_settings(environ), made_up=True)
    operators.first_operator(registry, user=access.os_user(environ), host="")
    return registry, access.whoami(registry, environ)


def compile_all() -> None:
    """Write the compiled form of msreg: an installed one has it, and compiling is not what is measured."""
    compileall.compile_dir(ROOT / "msreg", quiet=2)
