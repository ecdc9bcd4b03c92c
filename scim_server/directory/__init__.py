"""What an identity may do and become: use cases over the ports, no HTTP and no SQL."""
