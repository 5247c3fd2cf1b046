"""SPEAKS: everything about a language in one folder: its words, their reviews, its lexicon."""
