"""A trial clinic: families who text, a pretend phone, and a little traffic."""
