"""What real clients send instead of what the RFCs say."""
