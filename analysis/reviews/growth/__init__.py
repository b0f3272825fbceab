"""Why are more children subject to a child protection plan?"""
