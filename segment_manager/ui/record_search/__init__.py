"""Find record: which segments a record is in and why, and how it reached its sequences."""

from segment_manager.ui.record_search.window import FindRecord

__all__ = ["FindRecord"]
