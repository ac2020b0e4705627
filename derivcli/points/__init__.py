"""Where is it evaluated?"""
