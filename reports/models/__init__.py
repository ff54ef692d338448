"""Reports with their parts, the chain of daily reports, and when each seller wants them."""

from reports.feeds.models import Feed
from reports.models.chain import Arrival, Schedule
from reports.models.report import Report, ReportPart

__all__ = ["Arrival", "Feed", "Report", "ReportPart", "Schedule"]
