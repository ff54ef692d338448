"""What an open page asks every few seconds: whether its list, or its order, is still what it shows (O20)."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts import clock, counting
from accounts.models import Right
from accounts.rights import SellerRequest, requires
from orders.forms.desk import QuestionForm
from orders.lists import counts, desk, pulse, saved_views


@requires(Right.VIEW)
@require_safe
def orders(request: SellerRequest) -> HttpResponse:
    """The page of the list that the address asks for, each order by its number and its last event."""
    seller, now = request.seller, clock.now()
    question = saved_views.of(request.membership).filled(QuestionForm(request.GET).question())
    answer = desk.answer(question, seller, now)
    held = counts.by_tab(seller, question.first_day, question.last_day)
    tabs = {tab: counting.written(number) for tab, number in held.items()}
    return JsonResponse({"rows": pulse.seen(answer.orders), "tabs": tabs})


@requires(Right.VIEW)
@require_safe
def order(request: SellerRequest, number: str) -> HttpResponse:
    """What happened to the order since `seen`; all of it where that is no number."""
    found = get_object_or_404(request.seller.orders, number=number)
    text = request.GET.get("seen", "")
    return JsonResponse(pulse.of_order(found, int(text) if text.isdecimal() and len(text) < 19 else 0))
