"""Why are they so?"""
