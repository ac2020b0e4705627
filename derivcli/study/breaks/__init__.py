"""The points at which a formula may not be analytic: where they are, and what the function does there."""
