"""How do other notations say it?"""
