"""The exit codes and what they mean (SPEC C4); never renumbered."""

from __future__ import annotations

from msreg import errors
from msreg.vocabulary import N_

EXIT_CODES = (
    (0, "done", N_("Done.")),
    (errors.MsregError.exit_code, errors.MsregError.code, N_("An unexpected failure inside msreg.")),
    (errors.Usage.exit_code, errors.Usage.code,
     N_("The call is not right, or a value is missing and nobody can be asked.")),
    (errors.NotFound.exit_code, errors.NotFound.code, N_("What was named does not exist.")),
    (errors.NotLoggedIn.exit_code, errors.NotLoggedIn.code, N_("Log in first.")),
    (errors.NotAllowed.exit_code, errors.NotAllowed.code, N_("Not allowed; a missing consent too.")),
    (errors.Refused.exit_code, errors.Refused.code, N_("The data was refused by the checks.")),
    (errors.Partial.exit_code, errors.Partial.code, N_("Done in part.")),
    (errors.Conflict.exit_code, errors.Conflict.code,
     N_("In conflict with how things are now, or somebody else is writing.")),
    (errors.Unavailable.exit_code, errors.Unavailable.code,
     N_("A service or the machine failed: mail, database server, disk.")),
    (errors.Interrupted.exit_code, errors.Interrupted.code, N_("Stopped by the person at the keyboard.")),
)  # fmt: skip
