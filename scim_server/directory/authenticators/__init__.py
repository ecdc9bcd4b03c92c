"""Second factors: made, proved, listed, reset."""
