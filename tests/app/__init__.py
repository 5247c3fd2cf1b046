"""Tests of the front door: commands, composition, web app, demo."""
