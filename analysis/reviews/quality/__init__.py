"""How good is practice, by audits, families and complaints, and how sure can we be of it?"""
