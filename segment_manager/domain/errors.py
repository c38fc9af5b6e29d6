"""Everything that can go wrong for a known reason, one class a fact.

Stands apart so that every layer can raise and catch the same facts; `str()` of each is one sentence
for a person, with the next step where there is one.
"""

from __future__ import annotations

from collections.abc import Sequence


class SegmentManagerError(Exception):
    """A known reason why something was not done. Nothing was changed."""


class NameTaken(SegmentManagerError):
    """Another segment of the record type has the name already (case folded)."""

    def __init__(self, name: str) -> None:
        super().__init__(f"A segment named “{name}” exists already. Choose another name.")
        self.name = name


class RuleChanged(SegmentManagerError):
    """Somebody changed the rule after the person who edits it had read it."""

    def __init__(self, rule_json: str) -> None:
        super().__init__(
            "Somebody changed this segment's rule meanwhile. "
            "Save again to put yours in its place, or cancel to see theirs."
        )
        self.rule_json = rule_json


class NameInvalid(SegmentManagerError):
    """A name is empty, too long or holds characters that cannot be shown."""


class InvalidRule(SegmentManagerError):
    """A rule cannot be saved. `problems` holds (path of the node, message) pairs."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{path}: {message}" if path else message for path, message in problems))
        self.problems = tuple(problems)


class CircularRule(InvalidRule):
    """Segments refer to each other in a circle. `circle` starts and ends with the same name."""

    def __init__(self, circle: Sequence[str], path: str = "") -> None:
        shown = " → ".join(f"“{name}”" for name in circle)
        super().__init__([(path, f"The segments refer to each other in a circle: {shown}.")])
        self.circle = tuple(circle)


class UnknownSegment(SegmentManagerError):
    """No segment has this name or id."""


class UnknownRecordType(SegmentManagerError):
    """No record type has this name."""


class UnknownRecord(SegmentManagerError):
    """No record has this key."""


class UnknownPerson(SegmentManagerError):
    """No member of the workspace has this login name."""


class InvalidSetting(SegmentManagerError):
    """A setting does not exist or a value does not fit it."""


class FactsChanged(SegmentManagerError):
    """The workspace changed between plan and commit. Nothing was done; `plan` is the plan made from the new facts."""

    def __init__(self, plan: object) -> None:
        super().__init__("The workspace changed meanwhile. Nothing was done: review and confirm again.")
        self.plan = plan


class ActionBlocked(SegmentManagerError):
    """A plan has blocked segments, and nobody chose what to do about them."""


class CannotReplace(SegmentManagerError):
    """A segment cannot take the place of others."""


class NotPermitted(SegmentManagerError):
    """The person's role does not allow this."""


class NothingToUndo(SegmentManagerError):
    """There is no step to undo or redo."""


class UndoConflict(SegmentManagerError):
    """What a step changed was changed again since, so it cannot be undone or redone."""


class WorkspaceProblem(SegmentManagerError):
    """A workspace file cannot be opened, read or written."""


class WorkspaceMissing(WorkspaceProblem):
    """There is no such file."""


class WorkspaceExists(WorkspaceProblem):
    """A file of this name exists already and is left as it is."""


class NotAWorkspace(WorkspaceProblem):
    """The file is something else; it is left as it is."""


class WorkspaceTooNew(WorkspaceProblem):
    """A newer version made the file; it is left as it is."""


class WorkspaceDamaged(WorkspaceProblem):
    """The file is damaged; it is left as it is."""


class WorkspaceBusy(WorkspaceProblem):
    """Another program is changing the workspace."""


class DiskFull(WorkspaceProblem):
    """There is no space left; nothing was changed."""


class CannotWrite(WorkspaceProblem):
    """The file or its folder may not be written."""


class DiskTrouble(WorkspaceProblem):
    """The disk reported an error; nothing was changed."""


class Cancelled(SegmentManagerError):
    """The person stopped a job; the workspace is as it was."""

    def __init__(self) -> None:
        super().__init__("Cancelled. Nothing was changed.")


class BackupFailed(SegmentManagerError):
    """A backup could not be written, so what needed it was not done."""


class FileUnreadable(SegmentManagerError):
    """A file that was to be imported cannot be read as what it should be."""


class ImportRefused(SegmentManagerError):
    """Rows of an import are bad and nobody asked to leave them out. `report` is the ImportReport."""

    def __init__(self, message: str, report: object) -> None:
        super().__init__(message)
        self.report = report


class InvalidMapping(SegmentManagerError):
    """What was said about the columns of a file (or its key, encoding, delimiter …) cannot be."""


class WorkspaceInUse(WorkspaceProblem):
    """Another window has the workspace open."""


class CannotCompare(SegmentManagerError):
    """Segments cannot be held against each other: too few, too many, of several record types, or never computed."""


class UnknownAsset(SegmentManagerError):
    """No asset has this id."""


class AssetExists(SegmentManagerError):
    """Another asset of the type has the id already."""


class AssetKept(SegmentManagerError):
    """A sequence has connected records, which are kept for ever, so it cannot be removed."""


class InvalidDates(SegmentManagerError):
    """A use would end before it starts."""


class NotComputed(SegmentManagerError):
    """One segment could not be computed; it keeps its former members, and the others go on."""
