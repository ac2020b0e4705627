"""What a data file holds, as its beginning tells."""
