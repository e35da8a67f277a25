"""AG, advisory generation: what should be done, and when?"""
