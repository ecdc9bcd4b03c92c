"""Other directories that say who is here: what became of their entries, their authority, runs."""
