"""How fast the program is, held against the naive way and against the limit. Not part of the program."""
