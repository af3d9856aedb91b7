"""Parts that several letters share, by theme."""
