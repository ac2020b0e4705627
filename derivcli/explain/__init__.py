"""Why numbers and formulas are what they are."""
