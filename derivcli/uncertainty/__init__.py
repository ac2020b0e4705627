"""What do uncertain inputs make of a value?"""
