"""What a person said about the columns of a file, kept for the next file with the same header.

Stands apart because it is the only thing the import dialogs write to the person's settings.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from segment_manager import paths
from segment_manager.domain.errors import InvalidMapping
from segment_manager.domain.mapping import Mapping
from segment_manager.domain.usage_mapping import UsageMapping

KEPT = 100
Kept = Mapping | UsageMapping
"""What can be kept: what was said about a file of records or of usage."""


def _file() -> Path:
    return paths.settings_folder() / "import-mappings.json"


def key_of(headers: Sequence[str], kind: type[Kept] = Mapping) -> str:
    """The name under which the mapping of files with these headers is kept, in whatever order they stand."""
    whole = "\x1f".join([*([] if kind is Mapping else [kind.__name__]), *sorted(headers)])
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def kept_mapping(key: str, kind: type[Kept] = Mapping) -> Kept | None:
    """The mapping kept under a key; None where there is none that can be read."""
    found = _all().get(key)
    try:
        return kind.from_dict(found) if found is not None else None
    except InvalidMapping:
        return None


def keep_mapping(key: str, mapping: Kept) -> None:
    """Keep a mapping; the oldest go when there are too many. A folder that cannot be written is no reason to fail."""
    every = _all()
    every.pop(key, None)
    if said := mapping.to_dict():
        every[key] = said
    newest = dict(list(every.items())[-KEPT:])
    with contextlib.suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        _file().write_text(json.dumps(newest, ensure_ascii=False, indent=1), encoding="utf-8")


def _all() -> dict[str, object]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
