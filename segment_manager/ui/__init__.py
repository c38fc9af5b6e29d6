"""How it looks: the Qt window over operations."""
