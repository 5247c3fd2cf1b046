"""Stories in which something breaks: processes are killed, databases and Redis go away."""
