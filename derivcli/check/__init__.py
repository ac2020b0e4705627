"""Are they right?"""
