"""Where the program starts: `msreg` and `python -m msreg`."""

from __future__ import annotations

import gc
import os
import sys

from msreg import __version__


def main(argv: list[str] | None = None) -> int:
    """Run one command line and give its exit code (SPEC C4)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    os.umask(0o077)  # whatever is made from here on is for its owner only
    if arguments[:1] == ["--version"]:
        # Answered before anything else is imported: scripts ask this often, and it must be instant.
        sys.stdout.write(f"msreg {__version__}\n")
        return 0
    # Imports make many objects and little garbage; collecting meanwhile costs 7 % of the start.
    gc.disable()
    try:
        from msreg.cli import main as run

        return run(arguments)
    except KeyboardInterrupt:
        sys.stderr.write("Stop.\n")  # so early that the language is not known yet; this is both
        return 130


if __name__ == "__main__":
    sys.exit(main())
