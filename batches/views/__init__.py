"""The pages of batches: where they stand, and what became of each row."""
