"""A random walk over orders, refunds and returns, checked unit by unit against a model on paper (R3–R6, I4, O12)."""
