"""How a member has Manage Orders: the table, and the saved views."""

from django.urls import URLPattern, path

from orders.views import saved_views, table

urlpatterns: list[URLPattern] = [
    path("table/", table.table, name="table"),
    path("views/", saved_views.views, name="views"),
    path("views/new/", saved_views.new, name="view_new"),
    path("views/start/", saved_views.start, name="view_start"),
    path("views/<int:pk>/", saved_views.edit, name="view"),
    path("views/<int:pk>/update/", saved_views.update, name="view_update"),
    path("views/<int:pk>/move/", saved_views.move, name="view_move"),
    path("views/<int:pk>/share/", saved_views.share, name="view_share"),
    path("views/<int:pk>/delete/", saved_views.delete, name="view_delete"),
]
