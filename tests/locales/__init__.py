"""Tests of the words: who says what, in which language, at what length."""
