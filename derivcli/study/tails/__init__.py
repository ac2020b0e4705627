"""The sign of a function and of its derivatives just beside a point and beyond a bound, with proof; and periods."""
