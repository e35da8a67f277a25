"""DA, data acquisition: what was measured?"""
