"""The chat that families open in a browser: its page, its widget, and what both talk to."""
