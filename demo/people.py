"""The demo's buyers: every name and address is invented, every e-mail address belongs to nobody."""

from dataclasses import dataclass
from random import Random
from typing import Any

Name = tuple[str, str, str]
"""Full name, the part of the e-mail address before the @, language."""
Address = tuple[str, str, str, str, str, str]
"""Line 1, line 2, city, state, postal code, country."""

DOMAINS = ("example.com", "example.org", "example.net", "buyers.test")

AMERICAN: tuple[Name, ...] = (
    ("Olivia Brandt", "olivia.brandt", "en"), ("Marcus Hale", "mhale", "en"),
    ("Denise Okafor", "denise.okafor", "en"), ("Caleb Winslow", "caleb.w", "en"),
    ("Priya Raman", "priya.raman", "en"), ("Teresa Quiñones", "tquinones", "en"),
    ("Harold Sykes", "harold.sykes", "en"), ("Mei-Ling Carter", "meiling.carter", "en"),
    ("Jonah Petrov", "jonah.petrov", "en"), ("Abigail Thorne", "abby.thorne", "en"),
    ("Luis Herrera", "luis.herrera", "en"), ("Grace Nakamura", "grace.nakamura", "en"),
    ("Samuel O’Dell", "samuel.odell", "en"), ("Renée Dubois", "renee.dubois", "en"),
    ("Walter Pike", "walt.pike", "en"), ("Hannah Lindgren", "hannah.l", "en"),
    ("张伟", "zhangwei", "zh-hans"), ("王芳", "wangfang", "zh-hans"), ("李娜", "lina", "zh-hans"),
    ("陈静", "chenjing", "zh-hans"), ("刘洋", "liuyang", "zh-hans"), ("林志豪", "chihhao.lin", "zh-hant"),
)  # fmt: skip
JAPANESE: tuple[Name, ...] = (
    ("佐藤 美咲", "sato.misaki", "ja"), ("鈴木 健太", "suzuki.kenta", "ja"),
    ("高橋 陽子", "takahashi.y", "ja"),
    ("田中 翔", "tanaka.sho", "ja"), ("渡辺 さくら", "watanabe.s", "ja"), ("伊藤 大輔", "ito.daisuke", "ja"),
    ("中村 優子", "nakamura.yuko", "ja"), ("小林 拓海", "kobayashi.t", "ja"),
    ("王芳", "wangfang.jp", "zh-hans"),
)  # fmt: skip
GERMAN: tuple[Name, ...] = (
    ("Jürgen Weiß", "juergen.weiss", "de"), ("Annika Böhm", "annika.boehm", "de"),
    ("Thomas Krüger", "t.krueger", "de"), ("Sabine Öztürk", "sabine.oeztuerk", "de"),
    ("Lukas Steinmetz", "lukas.steinmetz", "de"), ("Heike Großmann", "heike.g", "de"),
    ("Jan Petersen", "jan.petersen", "de"), ("Miriam Adler", "miriam.adler", "de"),
)  # fmt: skip
BRITISH: tuple[Name, ...] = (
    ("Imogen Fairley", "imogen.fairley", "en"), ("Rhys Pritchard", "rhys.p", "en"),
    ("Amara Nwosu", "amara.nwosu", "en"), ("Duncan MacRae", "duncan.macrae", "en"),
    ("Poppy Ellwood", "poppy.ellwood", "en"), ("Siobhán Kelly", "siobhan.kelly", "en"),
)  # fmt: skip

US_ADDRESSES: tuple[Address, ...] = (
    ("418 Alder Court", "", "Portland", "OR", "97214", "US"),
    ("77 Quarry Hill Road", "Apt 3B", "Burlington", "VT", "05401", "US"),
    ("2209 Mesquite Bend", "", "Austin", "TX", "78704", "US"),
    ("15 Wharf Lane", "Unit 2", "Gloucester", "MA", "01930", "US"),
    ("960 Larkspur Avenue", "", "Boise", "ID", "83702", "US"),
    ("3301 Tamarack Street", "", "Duluth", "MN", "55804", "US"),
    ("64 Bellflower Way", "Suite 110", "Pasadena", "CA", "91105", "US"),
    ("1127 Copper Kettle Drive", "", "Asheville", "NC", "28801", "US"),
    ("509 Juniper Mesa", "", "Santa Fe", "NM", "87501", "US"),
    ("88 Foundry Row", "Floor 4", "Pittsburgh", "PA", "15222", "US"),
    ("2716 Sandhill Crane Road", "", "Madison", "WI", "53711", "US"),
    ("41 Palmetto Square", "", "Savannah", "GA", "31401", "US"),
    ("136-20 Roosevelt Place", "Apt 11C · 请放门口", "Flushing", "NY", "11354", "US"),
    ("730 Kearny Terrace", "", "San Francisco", "CA", "94108", "US"),
)
CN_ADDRESSES: tuple[Address, ...] = (
    ("浦东新区海棠路 88 弄 6 号 1203 室", "", "上海市", "上海", "200120", "CN"),
    ("天河区木棉街 21 号 9 栋 502", "", "广州市", "广东", "510620", "CN"),
)
JP_ADDRESSES: tuple[Address, ...] = (
    ("桜台三丁目 14-7", "コーポみなと 205号室", "横浜市青葉区", "神奈川県", "227-0000", "JP"),
    ("若葉町 2-8-11", "", "立川市", "東京都", "190-0000", "JP"),
    ("北山通 5-3", "グランメゾン北山 701", "京都市左京区", "京都府", "606-0000", "JP"),
    ("中央南 1-22-4", "", "福岡市中央区", "福岡県", "810-0000", "JP"),
    ("大通西 19丁目 1-6", "", "札幌市中央区", "北海道", "060-0000", "JP"),
)
DE_ADDRESSES: tuple[Address, ...] = (
    ("Lindenallee 27", "", "Berlin", "", "10437", "DE"),
    ("Am Mühlbach 4a", "c/o Familie Sommer", "Freiburg im Breisgau", "", "79104", "DE"),
    ("Hafenstraße 112", "", "Hamburg", "", "20457", "DE"),
    ("Rosengasse 9", "3. OG links", "München", "", "80331", "DE"),
    ("Zum Alten Speicher 3", "", "Leipzig", "", "04109", "DE"),
)
GB_ADDRESSES: tuple[Address, ...] = (
    ("14 Mulberry Close", "", "York", "North Yorkshire", "YO24 4AA", "GB"),
    ("Flat 6, 201 Canal Street", "", "Manchester", "", "M1 3AA", "GB"),
    ("The Old Dairy, Church Lane", "", "Frome", "Somerset", "BA11 1AA", "GB"),
    ("38 Marine Parade", "", "Whitby", "North Yorkshire", "YO21 3AA", "GB"),
)

CROWDS: dict[str, tuple[tuple[Name, ...], tuple[Address, ...]]] = {
    "US": (AMERICAN, US_ADDRESSES),
    "JP": (JAPANESE, JP_ADDRESSES),
    "DE": (GERMAN, DE_ADDRESSES),
    "GB": (BRITISH, GB_ADDRESSES),
}
ABROAD_SHARE = 0.15


@dataclass(frozen=True)
class Buyer:
    """One who orders, and where it goes; `fields` are those of a new order."""

    fields: dict[str, Any]


def someone(country: str, rng: Random, language: str = "") -> Buyer:
    """A buyer of that country's marketplace, who may have to write in a language; some Chinese have it sent home."""
    names, addresses = CROWDS[country]
    place = rng.choice([place for place, each in enumerate(names) if language in ("", each[2])])
    name, mailbox, language = names[place]
    if language == "zh-hans" and country == "US" and rng.random() < ABROAD_SHARE:
        addresses = CN_ADDRESSES
    line_1, line_2, city, state, postal_code, to_country = rng.choice(addresses)
    return Buyer(
        {
            "buyer_name": name,
            "buyer_email": f"{mailbox}@{DOMAINS[place % len(DOMAINS)]}",
            "buyer_language": language,
            "recipient": name,
            "address_1": line_1,
            "address_2": line_2,
            "city": city,
            "state": state,
            "postal_code": postal_code,
            "country": to_country,
        }
    )
