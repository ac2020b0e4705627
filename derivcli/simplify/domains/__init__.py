"""Where is a formula defined? The conditions that it sets, and the points at which they fail."""
