"""Accounts from files and into files."""
