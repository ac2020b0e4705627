"""How are they shown?"""
