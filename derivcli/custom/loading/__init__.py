"""What people write that has a backward: found in files, and called."""
