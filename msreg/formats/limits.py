"""How large a batch file may be. Beyond a limit a file is refused before it can hurt this machine."""

from __future__ import annotations

MAX_FILE_BYTES = 128 * 2**20
"""A workbook on disk; the child holds it in memory."""

MAX_UNPACKED_BYTES = 512 * 2**20
"""All parts of a workbook unpacked, counted while unpacking: what a header says is not believed."""

MAX_PARTS = 2_000
"""Files inside one workbook."""

MAX_ROWS = 1_000_000
"""Rows of one file, all sheets together."""

MAX_COLUMNS = 512
"""Columns of one sheet: the last one is SR."""

MAX_TEXT = 32_767
"""Characters in one cell; Excel's own limit."""

MAX_STREAM_BYTES = 256 * 2**20
"""What the child that reads a workbook may send back."""

CHILD_MEMORY_BYTES = 2**30
CHILD_CPU_SECONDS = 20
CHILD_WALL_SECONDS = 60
