"""What is true of a function at points, by a formula or by quotients of differences, and where it is wrong."""
