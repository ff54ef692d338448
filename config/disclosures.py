"""Pages that show or hand out personal data, or change who may see it: each visit is a row of the access log (D2).

Each is named as in the URLconf. Pages of the staff under /admin/ are all of them logged. A page that is missing here,
and shows a buyer's data, fails tests/access_log/test_every_page.py.
"""

LIST = (
    "orders:list",
    "orders:cancel_many",
    "orders:ship_many",
    "performance",
    "messaging:list",
    "refunds:returns",
)
VIEW = (
    "orders:detail",
    "orders:ship",
    "messaging:order",
    "messaging:write",
    "messaging:case",
    "messaging:write_case",
    "refunds:refund",
    "refunds:start_return",
    "refunds:return",
    # By the buyer's link, which may have come into other hands.
    "buyer:order",
    "buyer:cancel",
    "messaging:buyer",
    "refunds:buyer_return",
)
DOWNLOAD = (
    "orders:packing_slip",
    "orders:print_slips",
    "messaging:file",
    "messaging:buyers_file",
    "reports:download",
    "feeds:file",
    "feeds:mend",
    "refunds:return_slip",
    "refunds:buyer_slip",
)
PERMISSIONS = (
    "accounts:member",
    "accounts:remove_member",
    "accounts:invite",
    "accounts:resend_invitation",
    "accounts:revoke_invitation",
    "accounts:invitation",
)

DISCLOSURES: dict[str, str] = {
    **dict.fromkeys(LIST, "list"),
    **dict.fromkeys(VIEW, "view"),
    **dict.fromkeys(DOWNLOAD, "download"),
    **dict.fromkeys(PERMISSIONS, "permissions"),
}
