"""Django's `{% csrf_token %}`, which also writes the seller that a form acts for, and the page that a form was on.

Builtins: no page loads them.
"""

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts import form_page

register = template.Library()


class FormFieldsNode(CsrfTokenNode):
    """The hidden fields of every form that is sent by POST."""

    def render(self, context: Context) -> SafeString:
        """Return the token, and the seller where the page's reader works for one."""
        token = super().render(context)
        seller = getattr(context.get("request"), "seller", None)
        if seller is None:
            return SafeString(token)
        field = '{}<input type="hidden" name="{}" value="{}">'
        return format_html(field, token, form_page.SELLER_FIELD, seller.pk)


@register.tag
def csrf_token(parser: Parser, token: Token) -> FormFieldsNode:
    """Write the hidden fields, so that no form can forget one of them."""
    return FormFieldsNode()


@register.simple_tag(takes_context=True, name="form_page")
def page_of_form(context: Context) -> str:
    """Return where Back leads from a page that answers a form; empty on every other page."""
    request = context.get("request")
    if request is None or request.method != "POST":
        return ""
    return form_page.path_of(request, request.get_full_path())
