"""The carriers that sellers can name; the codes are those of the marketplaces' shipping feed."""

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
