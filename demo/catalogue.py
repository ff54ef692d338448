"""What the demo sellers offer. Every title is invented; prices are in minor units of the shop's currency."""

import hashlib
import string
from dataclasses import dataclass

LETTERS = string.ascii_uppercase + string.digits


@dataclass(frozen=True)
class Good:
    """One SKU: how much is kept in store, and of a scarce one what is left; below zero it is oversold."""

    sku: str
    title: str
    price: int
    handling_days: int = 1
    store: int = 120
    is_afn: bool = False
    left: int | None = None

    @property
    def asin(self) -> str:
        """A number in the form of the trade, always the same for a SKU."""
        digest = hashlib.sha256(self.sku.encode()).digest()
        return "B0" + "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:8])


LANTERN_AND_PINE = (
    Good("LP-LAN-01", "Storm Lantern in Blackened Brass, 10 in, with Spare Wick", 4895, 1),
    Good("LP-LAN-02", "Folding Paper Lantern, Set of 3, Warm White", 2450, 1, 200),
    Good("LP-LAN-03", "Rechargeable Porch Lantern, Dimmable, 60 h", 6900, 2),
    Good("LP-LAN-04", "Mini Tin Lantern for Tea Lights, Set of 6", 1899, 1, 240),
    Good("LP-LAN-05", "Hurricane Lantern Replacement Glass, 8 in", 1250, 1, left=0),
    Good("LP-CAN-01", "Beeswax Taper Candles, Unbleached, Box of 12", 2199, 1, 260),
    Good("LP-CAN-02", "Soy Candle “First Snow”, Pine and Cedar, 7 oz", 1650, 1, 260),
    Good("LP-CAN-03", "Soy Candle “Harbor Fog”, Salt and Sage, 7 oz", 1650, 1, 260),
    Good("LP-CAN-04", "Travel Candle Trio in Tins", 2400, 1, 180),
    Good("LP-CAN-05", "Brass Candle Snuffer, Long Handle", 1495, 1, left=1),
    Good("LP-TEA-01", "Gongfu Tea Set, Celadon, Pot and 6 Cups · 功夫茶具 青瓷 一壶六杯", 7850, 3),
    Good("LP-TEA-02", "Bamboo Tea Tray with Drain, 16 in · 竹制茶盘", 5400, 3),
    Good("LP-TEA-03", "Cast Iron Teapot “Pine Needle”, 27 oz · 松针铸铁壶", 6295, 2),
    Good("LP-TEA-04", "Travel Tea Set in Linen Pouch · 便携旅行茶具", 3680, 2),
    Good("LP-HOM-01", "Wool Throw, Forest Green, 50 × 70 in", 8900, 2),
    Good("LP-HOM-02", "Linen Napkins, Oatmeal, Set of 4", 3200, 1),
    Good("LP-HOM-03", "Walnut Serving Board with Rope Handle", 4550, 2),
    Good("LP-HOM-04", "Cedar Drawer Sachets, Pack of 8", 1395, 1, 220),
    Good("LP-HOM-05", "Enamel Mug, 12 oz, Speckled Blue", 1150, 1, 300),
    Good("LP-HOM-06", "Hand-Carved Pine Coat Hooks, Made to Order", 9800, 5, 60),
    Good("LP-HOM-07", "Cast Iron Doorstop “Sleeping Fox”", 3900, 3, left=-2),
    Good("LP-OUT-01", "Campfire Grill Grate with Folding Legs", 5990, 2),
    Good("LP-OUT-02", "Waxed Canvas Log Carrier", 5200, 2, left=3),
    Good("LP-OUT-03", "Pocket Hatchet with Leather Sheath", 4475, 1),
    Good("LP-OUT-04", "Adirondack Picnic Blanket, Water-Resistant", 6150, 2),
    Good("LP-AFN-01", "Solar String Lights, 33 ft, 50 Bulbs", 2799, 1, 300, is_afn=True),
    Good("LP-AFN-02", "Fatwood Fire Starter Sticks, 4 lb", 2350, 1, 300, is_afn=True),
    Good("LP-AFN-03", "Pinecone Garland with Warm LEDs, 6 ft", 3150, 1, 200, is_afn=True),
    Good("LP-AFN-04", "Stainless Thermos “Trailhead”, 25 oz", 3495, 1, 200, is_afn=True),
)

MINGYU_US = (
    Good("MY-CBL-01", "USB-C to USB-C Cable, 100 W, Braided, 6 ft, 2-Pack", 1399, 1, 400),
    Good("MY-CBL-02", "Magnetic Cable Clips for Desks, 10 pcs · 磁吸理线器", 899, 1, 400),
    Good("MY-CHG-01", "GaN Charger 65 W, 3 Ports, Foldable Plug", 3299, 2, 200),
    Good("MY-CHG-02", "Wireless Charging Stand, 15 W, Cloth Cover", 2699, 2, 200),
    Good("MY-STD-01", "Aluminum Laptop Stand, Adjustable, Silver", 3599, 2),
    Good("MY-STD-02", "Tablet Arm with Clamp, 360° · 平板支架", 2899, 3),
    Good("MY-LED-01", "Monitor Light Bar, No Glare, USB Powered", 4199, 2),
    Good("MY-LED-02", "Motion Sensor Closet Light, 3-Pack, Rechargeable", 2599, 1, 200),
    Good("MY-AUD-01", "Open-Ear Headphones, Splash-Proof", 4999, 2),
    Good("MY-AUD-02", "Clip-On Bluetooth Speaker “Pebble”", 2299, 2, left=2),
    Good("MY-HOM-01", "Electric Milk Frother with Stand · 电动奶泡器", 1799, 2),
    Good("MY-HOM-02", "Digital Luggage Scale, 110 lb", 1299, 1),
    Good("MY-AFN-01", "Screen Cleaning Kit, 2 Bottles, 3 Cloths", 1199, 1, 300, is_afn=True),
    Good("MY-AFN-02", "Travel Adapter for 150 Countries, 2 USB-C", 2499, 1, 300, is_afn=True),
)

MINGYU_JP = (
    Good("MYJ-001", "USB-C ケーブル 100W 編み込み 2m 2本セット", 1580, 1, 300),
    Good("MYJ-002", "折りたたみ式ノートパソコンスタンド アルミ製", 3480, 2),
    Good("MYJ-003", "マグネット式ケーブルクリップ 10個入り", 980, 1, 300),
    Good("MYJ-004", "モニターライト 反射防止 USB給電", 4680, 2),
    Good("MYJ-005", "人感センサーライト 充電式 3個セット", 2980, 1, 200),
    Good("MYJ-006", "GaN 充電器 65W 3ポート", 3980, 2, 200),
    Good("MYJ-007", "携帯用 茶器セット 巾着袋付き · 便携茶具", 4280, 3),
    Good("MYJ-008", "防水 Bluetooth スピーカー「こいし」", 3280, 2),
    Good("MYJ-009", "電動ミルクフォーマー スタンド付き", 1980, 2, left=1),
    Good("MYJ-010", "海外旅行用変換プラグ 150か国対応", 2680, 1, 200, is_afn=True),
)

NORDLICHT = (
    Good("NL-1001", "Werkbankleuchte mit Klemmfuß, 12 W, dimmbar", 5490, 2),
    Good("NL-1002", "Brotkasten aus Zirbenholz mit Schneidbrett", 7990, 3, 80),
    Good("NL-1003", "Gartenhandschuhe aus Ziegenleder, Größe 9", 2490, 1),
    Good("NL-1004", "Regentonnen-Filter mit Edelstahlsieb", 1895, 1),
    Good("NL-1005", "Kaffeemühle, Handbetrieb, Kegelmahlwerk", 6450, 2),
    Good("NL-1006", "Schiefertafel-Etiketten für Kräuterbeete, 10 Stück", 1290, 1, 200),
    Good("NL-1007", "Wanderrucksack „Nebelhorn“, 24 Liter", 8900, 2, left=2),
    Good("NL-1008", "Nachfüllbeutel Bienenwachspolitur, 500 ml", 1650, 1, 200, is_afn=True),
)

INKWELL = (
    Good("IW-A5-01", "Letterpress Birthday Cards, Hedgerow Birds, Pack of 5", 1250, 2, 80),
    Good("IW-A5-02", "Letterpress Thank You Cards, Pack of 10", 1600, 2, 80),
    Good("IW-NB-01", "Hand-Bound Notebook, Marbled Cover, A6", 1450, 3, 60),
    Good("IW-PR-01", "Linocut Print “Robin Hood’s Bay”, Signed, 30 × 40 cm", 4800, 5, 40),
    Good("IW-PR-02", "Linocut Print “Two Herons”, Signed, 20 × 20 cm", 2900, 5, left=0),
    Good("IW-ST-01", "Brass Wax Seal with Initial and Wax", 1900, 2, 60),
)
