"""Who is looked after, on what legal footing, where, and how well are they looked after?"""
