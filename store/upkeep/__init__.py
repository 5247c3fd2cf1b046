"""What operators need: copies, exports, checks of a set-up."""
