"""Schemas and resource types from their files."""
