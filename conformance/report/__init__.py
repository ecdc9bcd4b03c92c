"""What an examination found, in the forms that people and machines read."""
