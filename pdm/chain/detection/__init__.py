"""SD, state detection: is a machine behaving unlike itself?"""
