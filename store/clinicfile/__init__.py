"""The clinic's file: reading, checking and writing what `kinline apply` is given."""
