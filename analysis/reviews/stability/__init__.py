"""How settled are the children looked after, and what lies behind their moves?"""
