"""Text files as blocks of whole lines: the encoding found out, memory bounded, every line end recognised.

Stands apart because finding out an encoding needs the whole file (one strange byte at its end decides), and because
reading line by line would hold a gigabyte where somebody forgot the line ends.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from segment_manager.domain.errors import FileUnreadable

BLOCK = 1 << 18
MAX_LINE = 1 << 25
_CHUNK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_HIGH = re.compile(rb"[\x80-\xff]+")


def find_encoding(path: Path, said: str | None = None) -> tuple[str, str]:
    """The encoding of a text file and a note for a person: what its first bytes say, else UTF-8 if the whole file is,
    else cp1252 (latin-1 where cp1252 knows a byte not).

    Raises FileUnreadable where it is none of these: many bytes above 127 side by side are another alphabet.
    """
    with path.open("rb") as file:
        beginning = file.read(4096)
        if said:
            # A byte order mark is never part of the first header, whatever was said.
            return ("utf-8-sig" if said == "utf-8" else said), f"read as {said}, as the mapping says"
        for bom, name in _BOMS:
            if beginning.startswith(bom):
                return name, f"encoding {name.removesuffix('-sig').upper()}, by its byte order mark"
        if len(beginning) >= 4 and (wide := _wide(beginning)):
            return wide, f"encoding {wide.upper()}, without a byte order mark"
        file.seek(0)
        if _is_utf8(file):
            return "utf-8", "encoding UTF-8"
        file.seek(0)
        return _western(path, file)


def _wide(beginning: bytes) -> str | None:
    even, odd = beginning[0::2], beginning[1::2]
    if odd.count(0) > 0.4 * len(odd) and not even.count(0):
        return "utf-16-le"
    if even.count(0) > 0.4 * len(even) and not odd.count(0):
        return "utf-16-be"
    return None


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _western(path: Path, file: BinaryIO) -> tuple[str, str]:
    high = crowded = 0
    encoding = "cp1252"
    while chunk := file.read(_CHUNK):
        for run in _HIGH.findall(chunk):
            high += len(run)
            crowded += len(run) if len(run) > 1 else 0
        if encoding == "cp1252" and _NOT_CP1252.search(chunk):
            encoding = "latin-1"
    if high >= 12 and crowded > 0.5 * high:
        raise FileUnreadable(
            f"The encoding of “{path.name}” could not be found out: it is not UTF-8, and does not look like Western "
            "European text. Save it as UTF-8, or name its encoding in the mapping (“encoding”: for instance big5 or "
            "cp1251)."
        )
    return encoding, f"encoding {encoding}, since it is not UTF-8: check the accented letters"


class TextBlocks:
    """The text of a file in blocks that end with a line, with the bytes behind them.

    Iterating gives (text, done). Raises FileUnreadable where bytes do not fit the encoding or a line has no end.
    """

    def __init__(self, path: Path, encoding: str) -> None:
        self.path = path
        self.encoding = encoding

    def __iter__(self) -> Iterator[tuple[str, int]]:
        with self.path.open("rb") as raw, io.TextIOWrapper(raw, self.encoding, newline="") as file:
            rest = ""
            while text := self._more(file):
                text = rest + text
                cut = self._last_end(text)
                if not cut and len(text) > MAX_LINE:
                    raise FileUnreadable(
                        f"A line of “{self.path.name}” has more than {MAX_LINE:,} characters. It is not a file of rows."
                    )
                if cut:
                    yield text[:cut], raw.tell()
                rest = text[cut:]
            if rest:
                yield rest, raw.tell()

    def _more(self, file: io.TextIOWrapper) -> str:
        try:
            return file.read(BLOCK)
        except UnicodeError as error:
            raise FileUnreadable(
                f"“{self.path.name}” is not written in {self.encoding}: {error}. Name its encoding in the mapping."
            ) from None

    @staticmethod
    def _last_end(text: str) -> int:
        # A CR at the very end may be the first half of CR LF.
        usable = len(text) - 1 if text.endswith("\r") else len(text)
        newline = text.rfind("\n", 0, usable)
        return max(newline, text.rfind("\r", max(newline, 0), usable)) + 1


def split_lines(text: str) -> list[str]:
    """The physical lines of a text with their ends: LF, CR LF and CR alone, mixed or not, and nothing else."""
    return list(io.StringIO(text, newline=""))
