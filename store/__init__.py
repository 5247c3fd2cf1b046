"""REMEMBERS: tables, transactions, the one conductor, deliveries, live changes, settings, clock."""
