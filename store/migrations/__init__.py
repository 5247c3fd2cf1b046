"""How the tables came to be, step by step; `store.schema` runs these, forward and back."""
