"""A formula just beside a point, as a generalized power series in t > 0."""
