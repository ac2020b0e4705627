"""How do the words make a formula?"""
