"""Tests of the Twilio channel: signatures, forms, webhooks, calls."""
