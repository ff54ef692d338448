"""The marketplace's staff refund AFN orders and handle their returns in the admin (A1, O21)."""
