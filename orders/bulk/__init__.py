"""What is done with many orders at once: which ones, and the operations for each of them."""
