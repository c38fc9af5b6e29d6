"""The file with the rows that were not imported, to be mended and imported again.

Stands apart because it is made only when the first bad row comes, holds other people's data (mode 0600), and must be
harmless in a spreadsheet.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from segment_manager.domain.spreadsheet_safety import harmless
from segment_manager.storage.batches import BadRow


class RejectsFile:
    """'<source>.rejects.csv' beside the source file, or in the folder for temporary files where that is not
    possible.
    """

    def __init__(self, source: Path, labels: Sequence[str]) -> None:
        self._name = f"{source.stem}.rejects.csv"
        self._folders = (source.parent, Path(tempfile.gettempdir()))
        self._labels = labels
        self._file: IO[str] | None = None
        self.path: Path | None = None

    def write(self, bad: BadRow) -> None:
        """Add one row, making the file where it is the first."""
        if self._file is None:
            self._file = self._make()
            self._writer = csv.writer(self._file)
            self._writer.writerow(["line", "column", "reason", *map(harmless, self._labels)])
        cells = ["; ".join(cell) if isinstance(cell, tuple) else cell or "" for cell in bad.cells]
        self._writer.writerow([bad.line, *map(harmless, [bad.column, bad.reason, *cells])])

    def _make(self) -> IO[str]:
        for number, folder in enumerate((*self._folders, None)):
            try:
                if folder is None:
                    descriptor, name = tempfile.mkstemp(suffix=f"-{self._name}")
                    path = Path(name)
                else:
                    path = folder / self._name
                    if number == 0:
                        path.unlink(missing_ok=True)  # of the import before; a link is not followed
                    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            except OSError:
                if folder is None:
                    raise
                continue
            self.path = path
            return os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="")
        raise AssertionError("mkstemp gives a file or raises")

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def discard(self) -> None:
        """Remove what was written, of an import that was given up."""
        self.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)
            self.path = None
