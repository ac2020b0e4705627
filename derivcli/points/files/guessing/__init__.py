"""What a file that says little about itself seems to be."""
