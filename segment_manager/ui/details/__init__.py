"""The details pane: why a segment is as it is, its rule, members, usage and history."""

from segment_manager.ui.details.pane import SegmentDetails

__all__ = ["SegmentDetails"]
