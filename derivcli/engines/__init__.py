"""What are the numbers?"""
