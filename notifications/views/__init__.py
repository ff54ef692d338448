"""The pages of notices: find, validate, act, answer."""
