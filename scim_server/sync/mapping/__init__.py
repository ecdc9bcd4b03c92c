"""From what a source says of an entry to a SCIM document, as a file says."""
