"""Activity rows in words: what was done, and what was before and after.

Stands apart because it is text made from a row, which needs no window to be tested.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from segment_manager.domain.errors import InvalidRule
from segment_manager.domain.records import RecordType
from segment_manager.domain.rules import describe, from_json
from segment_manager.storage.queries import ActivityEntry
from segment_manager.ui.details.formats import moment_text

DONE = {
    "create": "Created",
    "edit": "Edited",
    "tag": "Changed tags",
    "activate": "Activated",
    "resume": "Resumed",
    "deactivate": "Deactivated",
    "clone": "Cloned",
    "delete": "Deleted permanently",
    "keep-active": "Keep active turned on",
    "allow-scan": "Keep active turned off",
    "scan": "Marked unused by the scan",
    "reuse": "Active again: it is used again",
    "compute": "Computed",
    "undo": "Undone",
    "redo": "Redone",
    "import usage": "Usage imported",
    "import segments": "Imported",
}
_LABELS = {
    "name": "Name",
    "rule": "Rule",
    "copy_of": "Copy of",
    "step": "Step",
    "last_used": "Last used",
    "description": "Description",
    "tags": "Tags",
    "status": "Status",
    "reason": "Reason",
    "keep_active": "Keep active",
    "since": "Since",
    "members": "Members",
}
_LEFT_OUT = frozenset({"since", "activated_at", "modified_at", "name_folded", "rule_used_until", "created_at", "id"})
LONGEST = 300


def action_said(entry: ActivityEntry) -> str:
    """'Deactivated'; an action that is not known here as it is called."""
    return DONE.get(entry.action) or entry.action[:1].upper() + entry.action[1:].replace("_", " ")


def difference_said(entry: ActivityEntry, record_type: RecordType, zone: tzinfo, today: date) -> list[str]:
    """'Name: “Old” → “New”', a line for every value that changed."""
    names = [name for name in dict.fromkeys([*entry.before, *entry.after]) if name not in _LEFT_OUT]
    lines = []
    for name in names:
        before, after = entry.before.get(name), entry.after.get(name)
        if before == after:
            continue
        label = _LABELS.get(name) or name.replace("_", " ").capitalize()
        old, new = (_said(name, value, record_type, zone, today) for value in (before, after))
        if name not in entry.before:
            lines.append(f"{label}: {new}")
        elif name not in entry.after:
            lines.append(f"{label}: {old} → gone")
        else:
            lines.append(f"{label}: {old} → {new}")
    return lines


def _said(name: str, value: object, record_type: RecordType, zone: tzinfo, today: date) -> str:
    if value in (None, "", [], ()):
        return "none"
    if name == "keep_active" or isinstance(value, bool):
        return "on" if value else "off"
    if name == "rule":
        return _short(_rule_said(value, record_type))
    if name in ("status", "reason"):
        return str(value).capitalize() if name == "status" else str(value)
    if isinstance(value, list):
        return _short(", ".join(map(str, value)))
    if isinstance(value, dict):
        return _short(", ".join(f"{key}: {item}" for key, item in value.items()))
    if isinstance(value, int):
        return f"{value:,}"
    return _short(_moment_said(str(value), zone, today) or f"“{value}”")


def _rule_said(value: object, record_type: RecordType) -> str:
    try:
        return describe(from_json(value), record_type)
    except InvalidRule:
        return str(value)


def _moment_said(text: str, zone: tzinfo, today: date) -> str:
    """A stored moment as a person reads it, '' for any other text."""
    if len(text) < 19 or text[4:5] != "-" or "T" not in text[:11]:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return moment_text(moment, zone, today) if moment.tzinfo else ""


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
