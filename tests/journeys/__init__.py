"""Whole stories: a real Kinline, a pretend Twilio, real HTTP, on both databases."""
