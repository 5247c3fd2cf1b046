"""What staff see: open episodes in their order, one page of them, one episode."""
