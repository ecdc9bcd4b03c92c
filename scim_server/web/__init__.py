"""HTTP in, HTTP out: a view reads the request, calls the directory, and answers."""
