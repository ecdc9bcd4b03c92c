"""The ports of directory/ over SQLAlchemy, on SQLite and PostgreSQL alike."""
