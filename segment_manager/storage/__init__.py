"""How a workspace is kept: one SQLite file through Peewee and apsw."""
