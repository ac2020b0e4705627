"""What do names stand for that the user defines, or leaves unknown?"""
