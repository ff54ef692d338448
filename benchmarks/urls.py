"""The portal's addresses, and the floor among them."""

from benchmarks import floor
from config import urls

urlpatterns = [*urls.urlpatterns, *floor.urlpatterns]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
