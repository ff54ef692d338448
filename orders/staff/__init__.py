"""The marketplace's staff fulfill AFN orders in the admin, by the same operations as sellers (A1, O21)."""
