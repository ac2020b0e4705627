"""All zeros of a function and its derivatives on an interval, each enclosed and proved to be the only one there."""
