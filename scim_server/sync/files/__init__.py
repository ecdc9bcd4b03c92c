"""The files of sources: read, and all that is wrong with them told at once."""
