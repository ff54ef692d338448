"""The local default: PostgreSQL and Redis from wheels, or from the machine, with their data under var/.

Nothing outside asks for more than `servers.addresses` (files only) and `servers.as_needed` (starts and stops).
"""
