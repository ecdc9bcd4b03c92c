"""The mutation proof of the conformance kit: our server with one behaviour broken at a time."""
