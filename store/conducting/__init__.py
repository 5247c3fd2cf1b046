"""What the one conductor needs: who it is about, what is known, how it is written down."""
