"""TALKS: channels to families and staff, intake, sending."""
