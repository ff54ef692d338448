"""The carriers that sellers can name, by the codes of the marketplaces' shipping feed, and the names people write."""

import re
import unicodedata
from functools import lru_cache

OTHER = "Other"

CARRIERS = (
    "4PX", "AFL/Fedex", "Aramex", "Australia Post-ArticleId", "Australia Post-Consignment", "Blue Package",
    "BlueDart", "Canada Post", "China Post", "Chronopost", "City Link", "Couriers Please", "DHL",
    "DHL Global Mail", "DHL eCommerce", "DPD", "DTDC", "Delhivery", "Deutsche Post", "EUB", "FEDEX_JP", "Fastway",
    "FedEx", "FedEx SmartPost", "First Flight", "GLS", "GO!", "Hermes Logistik Gruppe", "India Post", "JP_EXPRESS",
    "La Poste", "Lasership", "NITTSU", "Newgistics", "Ninjavan", "NipponExpress", "OSM", "OnTrac",
    "Overnite Express", "Parcelforce", "Parcelnet", "Poste Italiane", "Professional", "Qxpress", "Royal Mail",
    "SAGAWA", "SDA", "SF Express", "SagawaExpress", "Sendle", "Singapore Post", "Smartmail", "Streamlite", "TNT",
    "Target", "UPS", "UPS Mail Innovations", "UPSMI", "USPS", "YAMATO", "YamatoTransport", "Yanwen", "Yodel",
    "Yun Express", OTHER,
)  # fmt: skip

ALIASES = {
    "Canada Post": ("Postes Canada",),
    "China Post": ("中国邮政",),
    "DHL": ("DHL Express",),
    "FedEx": ("Federal Express", "FedEx Express", "FedEx Ground", "FedEx Home Delivery", "FDX"),
    "Hermes Logistik Gruppe": ("Hermes",),
    "JP_EXPRESS": ("Japan Post", "日本郵便"),
    "La Poste": ("Colissimo",),
    "SAGAWA": ("佐川急便",),
    "SF Express": ("SF", "顺丰", "顺丰速运", "順豐", "順豐速運"),
    "Singapore Post": ("SingPost",),
    "UPS": ("United Parcel Service", "UPS Ground"),
    "USPS": ("United States Postal Service", "US Postal Service"),
    "YAMATO": ("Kuroneko Yamato", "ヤマト運輸", "クロネコヤマト"),
    "Yun Express": ("云途物流",),
}
"""Names that people and programs write for a code. A carrier of several codes has none here: nobody guesses."""


def _folded(text: str) -> str:
    """Return the text without case, blanks, and punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


KNOWN = {
    **{_folded(alias): code for code, aliases in ALIASES.items() for alias in aliases},
    **{_folded(code): code for code in CARRIERS},
}


@lru_cache(maxsize=1_000)
def recognized(text: str) -> str:
    """Return the code of the carrier that a code or a name means, in any spelling; "" for none."""
    return KNOWN.get(_folded(text), "")


def resolve(code: str, name: str) -> tuple[str, str]:
    """Return the carrier's code, and the name that goes with Other, for what was given as code and as name.

    A name without a code, or with Other, is that carrier where we know it, else an Other of that name. A code that
    nobody knows comes back as it is.
    """
    known = recognized(code) if code else OTHER if name else ""
    if known and known != OTHER:
        return known, ""
    if known == OTHER:
        meant = recognized(name)
        return (meant, "") if meant and meant != OTHER else (OTHER, name)
    return code, name
