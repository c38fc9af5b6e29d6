"""What SQLite says went wrong, as a fact a person understands.

Stands apart because Peewee and nested transactions hide the real cause several links down the exception chain
(a full disk arrives as 'cannot rollback'), so one walk over the chain must decide for everybody.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from segment_manager.domain.errors import (
    Cancelled,
    CannotWrite,
    DiskFull,
    DiskTrouble,
    NotAWorkspace,
    SegmentManagerError,
    WorkspaceBusy,
    WorkspaceDamaged,
    WorkspaceProblem,
)

_BUSY = {apsw.SQLITE_BUSY, apsw.SQLITE_LOCKED, apsw.SQLITE_PROTOCOL}
_FULL = {apsw.SQLITE_FULL, apsw.SQLITE_TOOBIG}
_READONLY = {apsw.SQLITE_READONLY, apsw.SQLITE_PERM, apsw.SQLITE_AUTH, apsw.SQLITE_CANTOPEN}
_INTERRUPTED = {apsw.SQLITE_INTERRUPT, apsw.SQLITE_ABORT}


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    todo = [error]
    while todo:
        link = todo.pop()
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        todo += [cause for cause in (link.__cause__, link.__context__) if cause is not None]


def _primary_codes(error: BaseException) -> list[int]:
    found = []
    for link in _chain(error):
        code = getattr(link, "extendedresult", None) or getattr(link, "result", None)
        if isinstance(link, apsw.Error) and isinstance(code, int):
            found.append(code & 0xFF)
        if isinstance(link, OSError):
            if link.errno in (errno.ENOSPC, errno.EDQUOT):
                found.append(apsw.SQLITE_FULL)
            elif link.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
                found.append(apsw.SQLITE_READONLY)
    return found


def fact_behind(error: BaseException, path: Path) -> WorkspaceProblem | Cancelled | None:
    """The known fact behind an exception of the database, or None where it is a bug of ours."""
    codes = set(_primary_codes(error))
    where = f"“{path.name}” in {path.parent}"
    if codes & _FULL:
        return DiskFull("Nothing was changed: the disk is full. Free some space and try again.")
    if codes & _READONLY:
        return CannotWrite(f"Nothing was changed: {where} cannot be written. Check the permissions of file and folder.")
    if apsw.SQLITE_IOERR in codes:
        return DiskTrouble(f"Nothing was changed: the disk reported an error while using {where}. Try again.")
    if apsw.SQLITE_CORRUPT in codes:
        return WorkspaceDamaged(f"The workspace {where} is damaged. It was left as it is. Restore a backup.")
    if apsw.SQLITE_NOTADB in codes:
        return NotAWorkspace(f"{where} is not a segment_manager workspace. It was left as it is.")
    if codes & _BUSY:
        return WorkspaceBusy("Nothing was changed: another program is changing this workspace. Try again in a moment.")
    if codes & _INTERRUPTED:
        return Cancelled()
    return None


@contextmanager
def classified(path: Path) -> Iterator[None]:
    """Let exceptions of the database leave as facts; bugs leave as they are."""
    try:
        yield
    except SegmentManagerError:
        raise
    except Exception as error:
        fact = fact_behind(error, path)
        if fact is None:
            raise
        raise fact from error
