"""segment_manager: find, set aside, revive and delete the segments of a sales and marketing team."""

__version__ = "0.1.0"
