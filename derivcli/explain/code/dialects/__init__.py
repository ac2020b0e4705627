"""The languages that functions are written in, a file for each."""
