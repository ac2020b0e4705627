"""What is a derivative that stands in a formula?"""
