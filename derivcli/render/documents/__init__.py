"""One file for each kind of document: what a command found, in blocks and records."""
