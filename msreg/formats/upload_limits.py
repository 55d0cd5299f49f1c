"""How large a document of a case may be, and what its judging may take. Beyond a limit it is refused."""

from __future__ import annotations

MAX_UPLOAD_BYTES = 50 * 2**20
"""One document (SPEC N5)."""

MAX_NAME_BYTES = 200
"""A name in UTF-8; the longest that every system and every zip takes is 255."""

MAX_UNPACKED_BYTES = 512 * 2**20
"""All that is packed inside one PDF, counted while unpacking; a page scanned in colour has 25 MB of pixels."""

MAX_PARTS_BYTES = 128 * 2**20
"""All parts of a Word or Excel file, counted while unpacking: what a header says is not believed."""

MAX_KEPT_BYTES = 32 * 2**20
"""One stream of a PDF that has to be looked into, with objects in it or packed twice."""

MAX_LZW_BYTES = 2 * 2**20
"""Streams of a PDF packed in the way of before 1996, which only slow code unpacks."""

MAX_OBJECTS = 100_000
"""Objects of one PDF; 500 pages of Word with all their marks have some 60,000."""

MAX_HELD = 10_000
"""Objects within one stream of a PDF; programs put some 200 together."""

MAX_PAGES = 5_000
"""Pages of one PDF."""

MAX_REVISIONS = 200
"""How often a PDF may have been saved on top of itself."""

MAX_PIXELS = 100_000_000
"""Pixels of one picture; A3 at 600 dots an inch has 70 million."""

MAX_SIDE = 50_000
"""Pixels of one side of a picture."""

MAX_SCANS = 200
"""Passes of a progressive JPEG; programs write at most some 12."""

MAX_UNKNOWN_BYTES = 2**16
"""Parts of a PNG that no standard knows, together: programs leave notes for themselves there."""

MAX_WORDS_BYTES = 2**20
"""Texts that stand in a picture beside its pixels, unpacked."""

MAX_DEPTH = 200
"""XML elements within each other."""

MAX_ELEMENTS = 1_500_000
"""XML elements of one part that says something; 1,000 pages of Word have some 500,000."""

MAX_TEXT = 5_000_000
"""Characters of a document that are searched for what could name somebody."""

JUDGING_SECONDS = 10
"""Processor time for one document. Documents of the hostile corpus take at most 2, and so do good ones of 50 MB."""

TEXT_SECONDS = 30
"""Processor time for the words of one document: a PDF of 500 pages of text takes some 20."""

WALL_FACTOR = 4
"""The clock may run this much longer than the processor: others work on the same machine."""

MEMORY_BYTES = 300 * 2**20
"""Addresses that the child may take, its program included."""

MAX_ANSWER_BYTES = 8 * MAX_TEXT
"""What the child may say about one document."""
