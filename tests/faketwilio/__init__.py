"""A Twilio of our own: a real HTTP server in its own process that can be told to misbehave."""
