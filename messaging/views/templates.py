"""The seller's saved texts: list, add, edit, delete (C5)."""

from django.contrib import messages
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Right
from accounts.rights import SellerRequest, requires
from messaging import saved_texts
from messaging.forms.templates import TAKEN, TemplateForm
from messaging.models import Template
from messaging.refusals import TextRefused

MEANINGS = {
    "{buyer}": gettext_lazy("the buyer's name"),
    "{order}": gettext_lazy("the order number"),
    "{tracking}": gettext_lazy("the tracking numbers, once something has shipped"),
    "{carrier}": gettext_lazy("the carriers, once something has shipped"),
    "{ship_by}": gettext_lazy("the day by which the order ships"),
}
"""What each placeholder of `saved_texts` becomes, in words."""


@requires(Right.MESSAGE)
@require_safe
def templates(request: SellerRequest) -> HttpResponse:
    """All saved texts, by name."""
    context = {"templates": request.seller.message_templates.all(), "meanings": MEANINGS.items()}
    return render(request, "messaging/templates.html", context)


@requires(Right.MESSAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SellerRequest) -> HttpResponse:
    """A new one; of a name that there is in its language, it is refused."""
    return _edit(
        request, Template(seller=request.seller, language=request.user.language), _("The text is saved.")
    )


@requires(Right.MESSAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SellerRequest, pk: int) -> HttpResponse:
    """Change one."""
    return _edit(request, _found(request, pk), _("The text is changed."))


@requires(Right.MESSAGE)
@require_POST
def delete(request: SellerRequest, pk: int) -> HttpResponse:
    """Gone; messages written with it stay as they are."""
    _found(request, pk).delete()
    messages.success(request, _("The text is deleted."))
    return redirect("messaging:templates")


def _found(request: SellerRequest, pk: int) -> Template:
    return get_object_or_404(request.seller.message_templates, pk=pk)


def _edit(request: SellerRequest, template: Template, done: str) -> HttpResponse:
    is_sent = request.method == "POST"
    form = TemplateForm(request.POST if is_sent else None, instance=template, seller=request.seller)
    if is_sent and form.is_valid() and _saved(form):
        messages.success(request, done)
        return redirect("messaging:templates")
    context = {"form": form, "name": form["name"].initial, "meanings": MEANINGS.items()}
    return render(request, "messaging/template.html", context, status=422 if is_sent else 200)


def _saved(form: TemplateForm) -> bool:
    """Save it; of two at once with the same name the second is refused."""
    try:
        saved_texts.save(form.instance)
    except TextRefused as refusal:
        form.add_error(None, str(refusal))
    except IntegrityError:
        form.add_error(None, TAKEN)
    return form.is_valid()
