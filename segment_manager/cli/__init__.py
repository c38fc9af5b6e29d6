"""How it is told: the command line, a thin layer of words over operations and queries."""
