"""A marketplace to look at: invented sellers, buyers and goods, led through their lives by real operations.

`load` makes it once, as if it had been open for 90 days; `sales` keeps it busy.
"""
