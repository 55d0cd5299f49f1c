"""The shells whose Tab key msreg answers: what each sends, what it wants to hear, and its script.

A script asks msreg once a Tab, with the line up to the cursor, and says nothing when msreg does not. It
offers files only where msreg answers `FILES`: a list of files in the place of a patient would mislead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from typer._click.shell_completion import CompletionItem, split_arg_string

PROGRAM = "msreg"
VARIABLE = "_MSREG_COMPLETE"
LINE = "_TYPER_COMPLETE_ARGS"  # the name in the script of typer that PowerShell gets
POWERSHELL_WORD = "_TYPER_COMPLETE_WORD_TO_COMPLETE"
FILES = ":files"
"""The whole answer where a file belongs: the shell knows them better."""

BASH = """
_msreg_completion() {
    local IFS=$'\\n'
    COMPREPLY=( $( env _TYPER_COMPLETE_ARGS="${COMP_LINE:0:$COMP_POINT}" \\
                   _MSREG_COMPLETE=complete_bash "$1" 2>/dev/null ) )
    if [ "${COMPREPLY[0]}" = ":files" ]; then
        COMPREPLY=()
        compopt -o default 2>/dev/null
    fi
    return 0
}

complete -o nosort -F _msreg_completion msreg 2>/dev/null || complete -F _msreg_completion msreg
"""
ZSH = """
#compdef msreg

_msreg_completion() {
    local -a found
    found=("${(@f)$(env _TYPER_COMPLETE_ARGS="${(j: :)words[1,CURRENT-1]} $PREFIX" \\
                    _MSREG_COMPLETE=complete_zsh ${words[1]} 2>/dev/null)}")
    if [[ "${found[1]}" == ":files" ]]; then
        _files
    elif [[ -n "${found[1]}" ]]; then
        _describe -V msreg found
    fi
}

if [[ "${funcstack[1]}" == "_msreg" ]]; then
    _msreg_completion "$@"
else
    compdef _msreg_completion msreg
fi
"""
FISH = """
function __msreg_completion
    set -l found (env _MSREG_COMPLETE=complete_fish _TYPER_COMPLETE_ARGS=(commandline -cp | string collect) \\
        msreg 2>/dev/null)
    if test "$found[1]" = ":files"
        __fish_complete_path (commandline -ct)
    else if test (count $found) -gt 0
        printf '%s\\n' $found
    end
end

complete --command msreg --no-files --keep-order --arguments "(__msreg_completion)"
"""


@dataclass(frozen=True, slots=True)
class Shell:
    """One shell: how it shows a completion, and its script; without one, typer has it.

    `cut`: what it replaces of a word begins after the last of these signs. `joined`: it replaces the whole
    of `--option=value`.
    """

    show: Callable[[str, str], str]
    script: str | None = None
    cut: str = ""
    joined: bool = False


def _described(value: str, help: str) -> str:
    value = value.replace("\\", "\\\\").replace(":", "\\:")
    return f"{value}:{help}" if help else value


def _tabbed(value: str, help: str) -> str:
    return f"{value}\t{help}" if help else value


SHELLS: Mapping[str, Shell] = {
    "bash": Shell(lambda value, help: value, BASH, cut="=:"),
    "zsh": Shell(_described, ZSH, joined=True),
    "fish": Shell(_tabbed, FISH, joined=True),
    "powershell": Shell(lambda value, help: f"{value}:::{help or ' '}", joined=True),
    "pwsh": Shell(lambda value, help: f"{value}:::{help or ' '}", joined=True),
}


def typed(environ: Mapping[str, str]) -> tuple[list[str], str]:
    """The finished words after `msreg`, and the word under the cursor as far as it goes."""
    line = environ.get(LINE, "")
    words = split_arg_string(line)[1:]
    if begun := environ.get(POWERSHELL_WORD):  # its line ends at the last sign, its word does not
        return (words[:-1] if words and begun.startswith(words[-1]) else words), begun
    if not words or line[-1:].isspace():
        return words, ""
    return words[:-1], words[-1]


def told(shell: Shell, incomplete: str, found: Sequence[CompletionItem]) -> str:
    """What the shell wants to hear, a line each."""
    option, equals, _value = incomplete.partition("=")
    joined = option + equals if shell.joined and equals and option.startswith("-") else ""
    # The shell puts the answer in the place of what comes after the last sign at which it cuts words.
    cut = max((incomplete.rfind(sign) for sign in shell.cut), default=-1) + 1
    before = incomplete[:cut]
    lines = []
    for each in found:
        value = joined + str(each.value)
        if cut and value.startswith(before):
            value = value[cut:]
        lines.append(shell.show(value, " ".join((each.help or "").split())))
    return "\n".join(lines)
