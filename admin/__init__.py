"""HELPS STAFF: sign-in, inbox, episodes; pages and their words."""
