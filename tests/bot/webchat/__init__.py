"""The web chat: who sees what, what is kept once, and what is said before anybody types."""
