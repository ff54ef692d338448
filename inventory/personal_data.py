"""What the columns of listings and stock are: none of them is about a buyer."""

from accounts.personal_data_register import Table

TABLES = {
    "inventory.Listing": Table(business="sku asin title", plain="currency fulfilment"),
    "inventory.ListingText": Table(business="words"),
    "inventory.ListingChange": Table(business="old new", plain="kind actor_kind source"),
    "inventory.StockMovement": Table(business="order_number reason", plain="kind actor_kind source"),
}
