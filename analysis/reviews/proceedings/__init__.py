"""How long do care proceedings take, and at which stage does the time go?"""
