"""Invented companies: names put together from invented places and trades, with kana, domain, size and address."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import random

_PLACES = """
朝霧 アサギリ asagiri|白鷺 シラサギ shirasagi|若竹 ワカタケ wakatake|瑞雲 ズイウン zuiun|双葉 フタバ futaba
千草 チグサ chigusa|小夜 サヨ sayo|汐見 シオミ shiomi|麦穂 ムギホ mugiho|雪待 ユキマチ yukimachi
綾瀬 アヤセ ayase|深緑 フカミド fukamido|花筏 ハナイカダ hanaikada|月影 ツキカゲ tsukikage|春日 カスガ kasuga
青嵐 セイラン seiran|銀杏 イチョウ icho|桐生 キリュウ kiryu|椿 ツバキ tsubaki|楓 カエデ kaede
藤波 フジナミ fujinami|金剛 コンゴウ kongo|天城 アマギ amagi|乙女 オトメ otome|鹿野 カノ kano
稲荷 イナリ inari|柏葉 カシワバ kashiwaba|桜庭 サクラバ sakuraba|潮風 シオカゼ shiokaze|星見 ホシミ hoshimi
竹取 タケトリ taketori|鶴亀 ツルカメ tsurukame|夕凪 ユウナギ yunagi|夏目 ナツメ natsume|葉山 ハヤマ hayama
深雪 ミユキ miyuki|萩野 ハギノ hagino|松風 マツカゼ matsukaze|水無 ミナ mina|遠音 トオネ tone
"""
_ENDINGS = """
野 ノ no|台 ダイ dai|坂 ザカ zaka|浜 ハマ hama|川 ガワ gawa|原 ハラ hara|丘 オカ oka|沢 サワ sawa|島 ジマ jima|峰 ミネ mine
"""
_COINED_HEADS = """
ノル ノル noru|ソラ ソラ sora|アル アル aru|ミナ ミナ mina|テラ テラ tera|ルミ ルミ rumi|フィオ フィオ fio
クレ クレ kure|ヴェル ヴェル veru|オル オル oru|リノ リノ rino|エク エク eku|パル パル paru|シグ シグ shigu
"""
_COINED_TAILS = """
テア テア tea|ミナス ミナス minasu|ネクト ネクト nekuto|ビア ビア bia|トーン トーン ton|ランド ランド rando
リス リス risu|マージュ マージュ maju|フェル フェル feru|ドーム ドーム domu|クア クア kua|サム サム samu
"""
_TRADES = {
    "製造業": "製作所 セイサクショ seisakusho|精機 セイキ seiki|工業 コウギョウ kogyo|金属 キンゾク kinzoku"
    "|樹脂 ジュシ jushi|鋳造 チュウゾウ chuzo|電機 デンキ denki|食品 ショクヒン shokuhin|鉄工所 テッコウショ tekkosho"
    "|プレス工業 プレスコウギョウ press-kogyo|技研 ギケン giken|硝子 ガラス garasu|メッキ メッキ mekki",
    "卸売・小売業": "商事 ショウジ shoji|商会 ショウカイ shokai|物産 ブッサン bussan|青果 セイカ seika|家具 カグ kagu"
    "|マート マート mart|酒店 サケテン saketen",
    "情報通信業": "システムズ システムズ systems|ソフト ソフト soft|データ データ data|テクノロジーズ テクノロジーズ tech"
    "|ネットワークス ネットワークス networks",
    "サービス業": "サービス サービス service|企画 キカク kikaku|ツーリスト ツーリスト tourist|クリーン クリーン clean"
    "|コンサルティング コンサルティング consulting|警備 ケイビ keibi",
    "建設業": "建設 ケンセツ kensetsu|工務店 コウムテン komuten|設備 セツビ setsubi|電設 デンセツ densetsu",
    "不動産業": "不動産 フドウサン fudosan|ハウジング ハウジング housing|地所 ジショ jisho",
    "医療・介護": "クリニック クリニック clinic|会病院 カイビョウイン hospital|介護センター カイゴセンター care",
    "運輸・物流業": "運輸 ウンユ unyu|物流 ブツリュウ butsuryu|倉庫 ソウコ soko",
    "教育": "学園 ガクエン gakuen|予備校 ヨビコウ yobiko",
    "その他": "協同組合 キョウドウクミアイ kumiai|農園 ノウエン noen",
    "営業会社": "マーケティング マーケティング marketing|プロモーション プロモーション promotion|キャリア キャリア career"
    "|エージェント エージェント agent|コミュニケーションズ コミュニケーションズ com|リード リード lead",
}
_INDUSTRY_WEIGHTS = {
    "製造業": 31,
    "卸売・小売業": 17,
    "情報通信業": 16,
    "サービス業": 14,
    "建設業": 8,
    "不動産業": 4,
    "医療・介護": 4,
    "運輸・物流業": 3,
    "教育": 2,
    "その他": 1,
}
_SELLERS = "営業会社"
_SIZES = (("1-9名", 12, 1, 9), ("10-99名", 48, 10, 99), ("100-999名", 30, 100, 999), ("1000名以上", 10, 1000, 8000))
# prefecture, weight, area code, municipality; the towns below are made up
_PREFECTURES = (
    ("東京都", 28.2, "03", "千代田区"),
    ("大阪府", 10, "06", "大阪市中央区"),
    ("愛知県", 7, "052", "名古屋市中区"),
    ("神奈川県", 4.7, "045", "横浜市西区"),
    ("埼玉県", 3.0, "048", "さいたま市浦和区"),
    ("兵庫県", 3, "078", "神戸市灘区"),
    ("福岡県", 3, "092", "福岡市博多区"),
    ("静岡県", 3, "054", "静岡市葵区"),
    ("北海道", 2.7, "011", "札幌市北区"),
    ("千葉県", 2.0, "043", "千葉市美浜区"),
    ("新潟県", 1.9, "025", "新潟市江南区"),
    ("宮城県", 1.4, "022", "仙台市青葉区"),
    ("茨城県", 1.4, "029", "水戸市"),
    ("群馬県", 1.3, "027", "前橋市"),
    ("富山県", 1.3, "076", "富山市"),
    ("栃木県", 1.2, "028", "宇都宮市"),
    ("石川県", 1.1, "076", "金沢市"),
    ("広島県", 2.2, "082", "広島市安佐南区"),
    ("京都府", 2.2, "075", "京都市伏見区"),
    ("長野県", 1.6, "026", "松本市"),
    ("岡山県", 1.3, "086", "倉敷市"),
)
_TOWNS = ("みどり町", "新栄町", "若葉", "本町通", "東雲台", "緑ヶ丘", "栄", "中央")


@dataclasses.dataclass(frozen=True, slots=True)
class Company:
    """`base` is the name without its legal form."""

    base: str
    form: str
    form_first: bool
    kana: str
    domain: str
    industry: str
    employees: int
    band: str
    prefecture: str
    city: str
    address: str
    zip_code: str
    phone: str

    @property
    def name(self) -> str:
        return self.written(self.form)

    def written(self, form: str) -> str:
        return f"{form}{self.base}" if self.form_first else f"{self.base}{form}"


@dataclasses.dataclass(slots=True)
class CompanyMaker:
    """No two companies share the base of their names or their domain."""

    rng: random.Random
    _bases: set[str] = dataclasses.field(default_factory=set[str])
    _domains: set[str] = dataclasses.field(default_factory=set[str])

    def make(self, *, seller: bool = False) -> Company:
        rng = self.rng
        industry = _SELLERS if seller else rng.choices(*_pairs(_INDUSTRY_WEIGHTS))[0]
        base, kana, romaji = self._new_base(industry)
        domain = romaji
        while domain in self._domains:
            domain = f"{romaji}{rng.randrange(2, 999)}"
        self._domains.add(domain)
        band, _, low, high = rng.choices(_SIZES, [size[1] for size in _SIZES])[0]
        prefecture, _, area, city = rng.choices(_PREFECTURES, [one[1] for one in _PREFECTURES])[0]
        form, form_first = _legal_form(rng, industry)
        block = f"{rng.randint(1, 9)}-{rng.randint(1, 28)}-{rng.randint(1, 20)}"
        return Company(
            base=base,
            form=form,
            form_first=form_first,
            kana=kana,
            domain=f"{domain}.example",
            industry="サービス業" if seller else industry,
            employees=min(high, int(low * (high / low) ** rng.random())),
            band=band,
            prefecture=prefecture,
            city=city,
            address=f"{city}{rng.choice(_TOWNS)}{block}",
            zip_code=f"000-{rng.randrange(10000):04d}",
            phone=f"{area}-0000-{rng.randrange(10000):04d}",
        )

    def _new_base(self, industry: str) -> tuple[str, str, str]:
        trades, places, endings = _words(_TRADES[industry]), _words(_PLACES), _words(_ENDINGS)
        heads, tails = _words(_COINED_HEADS), _words(_COINED_TAILS)
        coined = 0.7 if industry in ("情報通信業", _SELLERS) else 0.15
        for tries in itertools.count():
            first, second = (heads, tails) if self.rng.random() < coined else (places, endings)
            parts = [self.rng.choice(first), self.rng.choice(second), self.rng.choice(trades)]
            if tries > 5:
                # Most names of this trade are taken: longer ones are left.
                parts.insert(1, self.rng.choice(heads))
            base = "".join(part[0] for part in parts)
            if base not in self._bases:
                self._bases.add(base)
                romaji = "".join(part[2] for part in parts[:-1]) + "-" + parts[-1][2]
                return base, "".join(part[1] for part in parts), romaji
        raise AssertionError  # itertools.count() does not end


def _legal_form(rng: random.Random, industry: str) -> tuple[str, bool]:
    if industry == "医療・介護":
        return "医療法人", True
    if industry == "教育":
        return "学校法人", True
    form = rng.choices(("株式会社", "有限会社", "合同会社"), (86, 9, 5))[0]
    return form, rng.random() < 0.68


def _pairs(weights: dict[str, int]) -> tuple[list[str], list[int]]:
    return list(weights), list(weights.values())


@functools.cache
def _words(text: str) -> list[list[str]]:
    return [word.split() for line in text.strip().splitlines() for word in line.split("|")]
