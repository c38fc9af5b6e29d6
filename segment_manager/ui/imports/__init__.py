"""The import dialogs: records, usage and segments from files."""

from segment_manager.ui.imports.records import ImportRecords
from segment_manager.ui.imports.segments import ImportSegments
from segment_manager.ui.imports.usage import ImportUsage

__all__ = ["ImportRecords", "ImportSegments", "ImportUsage"]
