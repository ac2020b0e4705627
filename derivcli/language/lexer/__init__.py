"""What are the words of the text?"""
