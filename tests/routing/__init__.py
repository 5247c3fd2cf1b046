"""The deciding rooms, tested on plain data."""
