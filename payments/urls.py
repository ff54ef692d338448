"""Where the pages of Payments live."""

from django.urls import path

from payments.views import listing, statement, webhook

app_name = "payments"
urlpatterns = [
    path("payments/", listing.payments, name="list"),
    path("webhooks/stripe/", webhook.stripe, name="stripe_webhook"),
    path("payments/statements/", listing.all_statements, name="statements"),
    path("payments/statements/<int:number>/", statement.statement, name="statement"),
    path("payments/statements/<int:number>/statement.pdf", statement.pdf, name="statement_pdf"),
    path("payments/statements/<int:number>/statement.csv", statement.table, name="statement_csv"),
]
