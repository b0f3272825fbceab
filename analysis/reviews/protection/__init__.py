"""Are children who need help or protection seen, reviewed and planned for in time, and not for longer than they need?"""
