"""Manage Orders, the read side: what is asked for, which orders answer it, and how a row looks."""
