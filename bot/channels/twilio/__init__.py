"""Texts and calls through Twilio: the only place that knows its forms, signatures and TwiML."""
