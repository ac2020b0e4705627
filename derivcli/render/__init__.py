"""How are they shown?

Commands make documents of what was found, and each format writes documents.
"""
