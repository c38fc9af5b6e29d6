"""'Compare segments': how the members of a few segments overlap, as a picture and as a table."""

from segment_manager.ui.compare.compare_segments import CompareSegments

__all__ = ["CompareSegments"]
