"""How large a batch file may be. Beyond a limit a file is refused before it can hurt this machine."""

from __future__ import annotations

MAX_FILE_BYTES = 128 * 2**20
"""A workbook or zip file on disk, and anything that comes on standard input."""

MAX_UNPACKED_BYTES = 1024 * 2**20
"""All parts of a workbook or zip file unpacked, counted while unpacking: what a header says is not believed.

1,000,000 rows of 19 filled cells are some 800 MB of XML. They are never in memory together.
"""

MAX_PART_BYTES = 16 * 2**20
"""One part of a workbook that is read whole, such as its styles or its list of sheets."""

MAX_PARTS = 2_000
"""Files inside one workbook or zip file."""

MAX_DIRECTORY_BYTES = 2**20
"""The list of files at the end of a zip file."""

MAX_ROWS = 1_000_000
"""Rows of one file, all sheets together."""

MAX_COLUMNS = 512
"""Columns of one sheet: the last one is SR."""

MAX_TEXT = 32_767
"""Characters in one cell; Excel's own limit."""

MAX_LINE = 4 * MAX_TEXT
"""Bytes of one JSON line."""

MAX_RECORD = 4 * 2**20
"""Characters of one row of a CSV file, quotes and separators included."""

MAX_MERGED = 50_000
"""Merged ranges of one sheet."""

MAX_STREAM_BYTES = 512 * 2**20
"""What the child that reads a workbook may send back; the parent keeps it compressed."""

MAX_BATCH_BYTES = 64 * 2**20
"""One line of what the child sends back."""

CHILD_MEMORY_BYTES = 2**30
CHILD_CPU_SECONDS = 60
CHILD_WALL_SECONDS = 120
"""1,000,000 rows of 19 filled cells took 18 s of processor time and 33 MB where this was measured."""
