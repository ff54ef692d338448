"""The pages of Manage Inventory."""
