"""The pages of orders: find, validate, act, answer."""
