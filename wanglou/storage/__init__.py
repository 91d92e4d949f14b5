"""Tables, row to noun functions, units of work and migrations: SQLite and PostgreSQL."""
