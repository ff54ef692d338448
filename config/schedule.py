"""Every periodic job, in one place. Times are UTC and intervals: a sweep asks the database what is due."""

from typing import Any

Entry = dict[str, Any]


def every(seconds: int, task: str) -> Entry:
    """Run the task so often; `config.beat` leaves out a job that still waits for a worker."""
    return {"task": task, "schedule": float(seconds)}


SCHEDULE: dict[str, Entry] = {
    "heartbeat": every(30, "config.tasks.heartbeat"),
    "send mails about permissions": every(60, "accounts.tasks.send_permission_mails"),
    "close cancel windows (O9)": every(30, "orders.tasks.close_cancel_windows"),
    "retry authorisations (O4)": every(30, "orders.tasks.retry_authorisations"),
    "renew holds (P3)": every(60, "orders.tasks.renew_holds"),
    "cancel unauthorised (O4)": every(60, "orders.tasks.cancel_unauthorised"),
    "cancel overdue (O18)": every(30, "orders.tasks.cancel_overdue"),
    "warn of deadlines (O18)": every(60, "orders.tasks.warn_of_deadlines"),
    "finish provider calls (R7)": every(30, "orders.tasks.finish_provider_calls"),
    "expire phones (C3)": every(60, "orders.tasks.expire_phones"),
    "delete personal data (D1)": every(300, "orders.tasks.delete_personal_data"),
    "fold counts": every(60, "orders.tasks.fold_counts"),
    "send refunds (R7)": every(30, "refunds.tasks.send_due"),
    "finish refund calls (R7)": every(30, "refunds.tasks.finish_refund_calls"),
    "follow provider events (P3)": every(30, "payments.tasks.follow_events"),
    # Once a day, as the check of the books below.
    "reconcile with the provider (P3)": every(3600, "payments.tasks.reconcile"),
    "close statements (P1)": every(300, "payments.tasks.close_statements"),
    "send notices (N4)": every(30, "notifications.tasks.send"),
    "look for what is late or low (N2)": every(60, "notifications.tasks.look"),
    "find unusual access (D2)": every(60, "access_log.tasks.find_unusual"),
    "keep the access log's partitions (D2)": every(3600, "access_log.tasks.keep_partitions"),
    "go on with batches (F5)": every(30, "batches.tasks.sweep"),
    "go on with feeds (F5)": every(30, "reports.feeds.tasks.sweep"),
    "post daily reports (F1)": every(60, "reports.tasks.post"),
    "go on with reports (F4)": every(30, "reports.tasks.sweep"),
    "forget old files of reports (F4)": every(3600, "reports.tasks.forget"),
    "forget the files of old feeds": every(3600, "reports.feeds.tasks.forget"),
    "forget old batches": every(3600, "batches.tasks.forget"),
    "forget old throttles": every(3600, "config.tasks.forget_throttles"),
    "forget old notices": every(3600, "notifications.tasks.forget"),
    # Does its work once a day. Beat counts from its start: where it starts anew each day, a day would never be over.
    "check the books (I5, P2)": every(3600, "orders.tasks.audit"),
}
