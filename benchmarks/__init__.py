"""Measures, side by side in one run, what a promise about speed means; prints ratios."""
