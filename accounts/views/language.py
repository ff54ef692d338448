"""The language of the pages; a person's choice is kept with their account."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.i18n import set_language

from accounts.models import User


def choose(request: HttpRequest) -> HttpResponseBase:
    """Django's own switch, whose cookie says what was chosen; remembered for mails and the next sign-in."""
    response = set_language(request)
    cookies = {morsel.key: morsel.value for morsel in response.cookies.values()}
    chosen = cookies.get(settings.LANGUAGE_COOKIE_NAME)
    is_ours = chosen in dict(settings.LANGUAGES)  # Django's own switch knows more languages
    if is_ours and request.user.is_authenticated and chosen != request.user.language:
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    return response
