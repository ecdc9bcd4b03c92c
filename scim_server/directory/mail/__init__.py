"""What is mailed, to whom, and when it is given up."""
