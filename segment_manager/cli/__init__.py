"""How it is told: the command line over operations."""
