"""Have we enough workers, do they stay, and how much does each of them carry?"""
