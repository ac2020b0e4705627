"""The warm start: a server that has everything imported, and forks a child for each command line that it is handed."""
