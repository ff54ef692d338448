"""Where the pages of Manage Inventory live."""

from django.urls import URLPattern, path

from inventory.views import add, desk, edit, figures, many, page

app_name = "inventory"
urlpatterns: list[URLPattern] = [
    path("inventory/", desk.listings, name="list"),
    path("inventory/add/", add.add, name="add"),
    path("inventory/many/edit/", many.edit_many, name="edit_many"),
    path("inventory/many/close/", many.close_many, name="close_many"),
    path("inventory/many/reopen/", many.reopen_many, name="reopen_many"),
    path("inventory/<int:pk>/", page.listing, name="listing"),
    path("inventory/<int:pk>/edit/", edit.edit, name="edit"),
    path("inventory/<int:pk>/figures/", figures.figures, name="figures"),
    path("inventory/<int:pk>/count/", edit.count, name="count"),
    path("inventory/<int:pk>/close/", edit.close, name="close"),
    path("inventory/<int:pk>/reopen/", edit.reopen, name="reopen"),
]
