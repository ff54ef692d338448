"""Where the pages of messages, saved texts and support cases live."""

from django.urls import URLPattern, path

import orders.urls.order  # noqa: F401 - it registers "order_number"
from messaging.views import buyer, cases, desk, files, order, templates

app_name = "messaging"

urlpatterns: list[URLPattern] = [
    path("orders/<order_number:number>/messages/", order.order, name="order"),
    path("orders/<order_number:number>/messages/write/", order.write, name="write"),
    path("orders/missing/", cases.look, name="missing"),
    path("messages/", desk.listing, name="list"),
    path("messages/<int:pk>/no-reply-needed/", order.no_reply_needed, name="no_reply_needed"),
    path("messages/<int:pk>/read/", order.read, name="read"),
    path("messages/files/<int:pk>/", files.file, name="file"),
    path("cases/", cases.listing, name="cases"),
    path("cases/open/", cases.open_case, name="open_case"),
    path("cases/<int:pk>/", cases.case, name="case"),
    path("cases/<int:pk>/write/", cases.write, name="write_case"),
    path("settings/templates/", templates.templates, name="templates"),
    path("settings/templates/add/", templates.add, name="add_template"),
    path("settings/templates/<int:pk>/", templates.edit, name="edit_template"),
    path("settings/templates/<int:pk>/delete/", templates.delete, name="delete_template"),
    path("buyer/<str:token>/messages/", buyer.write, name="buyer"),
    path("buyer/<str:token>/files/<int:pk>/", files.buyers_file, name="buyers_file"),
]
