"""One file for each format, or for two that differ in a sign."""
