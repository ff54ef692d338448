"""Figures over orders: what was sold by day, and how well it went."""
