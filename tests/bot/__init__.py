"""Tests of what talks: intake, channels, sending."""
