"""What follows from zeros and breaks: the course of a function, its special points, extrema and range."""
