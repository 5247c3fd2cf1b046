"""Says what is remembered, and that it survives."""
