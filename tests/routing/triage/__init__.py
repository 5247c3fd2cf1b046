"""Triage in the words of families: cases as TOML, disguises, limits and broken source files."""
