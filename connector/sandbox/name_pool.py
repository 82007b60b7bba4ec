"""Japanese names whose characters, kana and romaji agree. Generic names only; no person is meant."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class NamePart:
    written: str
    kana: str
    romaji: str


def last_names() -> list[NamePart]:
    return _parts(_LAST)


def first_names() -> list[NamePart]:
    return _parts(_FIRST)


def _parts(text: str) -> list[NamePart]:
    return [NamePart(*line.split()) for line in text.strip().splitlines()]


_LAST = """
佐藤 サトウ sato
鈴木 スズキ suzuki
髙橋 タカハシ takahashi
高橋 タカハシ takahashi
田中 タナカ tanaka
伊藤 イトウ ito
渡辺 ワタナベ watanabe
渡邊 ワタナベ watanabe
渡邉 ワタナベ watanabe
山本 ヤマモト yamamoto
中村 ナカムラ nakamura
小林 コバヤシ kobayashi
加藤 カトウ kato
吉田 ヨシダ yoshida
山田 ヤマダ yamada
佐々木 ササキ sasaki
山口 ヤマグチ yamaguchi
松本 マツモト matsumoto
井上 イノウエ inoue
木村 キムラ kimura
林 ハヤシ hayashi
斎藤 サイトウ saito
齋藤 サイトウ saito
清水 シミズ shimizu
山﨑 ヤマザキ yamazaki
山崎 ヤマザキ yamazaki
﨑山 サキヤマ sakiyama
森 モリ mori
池田 イケダ ikeda
橋本 ハシモト hashimoto
阿部 アベ abe
石川 イシカワ ishikawa
前田 マエダ maeda
藤田 フジタ fujita
小川 オガワ ogawa
後藤 ゴトウ goto
岡田 オカダ okada
長谷川 ハセガワ hasegawa
村上 ムラカミ murakami
近藤 コンドウ kondo
石井 イシイ ishii
坂本 サカモト sakamoto
遠藤 エンドウ endo
青木 アオキ aoki
藤井 フジイ fujii
西村 ニシムラ nishimura
福田 フクダ fukuda
太田 オオタ ota
三浦 ミウラ miura
岡本 オカモト okamoto
松田 マツダ matsuda
中川 ナカガワ nakagawa
中野 ナカノ nakano
原田 ハラダ harada
小野 オノ ono
田村 タムラ tamura
竹内 タケウチ takeuchi
金子 カネコ kaneko
和田 ワダ wada
中山 ナカヤマ nakayama
石田 イシダ ishida
上田 ウエダ ueda
森田 モリタ morita
柴田 シバタ shibata
酒井 サカイ sakai
宮崎 ミヤザキ miyazaki
横山 ヨコヤマ yokoyama
高木 タカギ takagi
髙木 タカギ takagi
安藤 アンドウ ando
宮本 ミヤモト miyamoto
大野 オオノ ono
五十嵐 イガラシ igarashi
小鳥遊 タカナシ takanashi
東海林 ショウジ shoji
田邊 タナベ tanabe
渡部 ワタベ watabe
久保 クボ kubo
平野 ヒラノ hirano
菊地 キクチ kikuchi
野口 ノグチ noguchi
松井 マツイ matsui
千葉 チバ chiba
岩崎 イワサキ iwasaki
桜井 サクライ sakurai
木下 キノシタ kinoshita
野村 ノムラ nomura
佐野 サノ sano
大塚 オオツカ otsuka
丸山 マルヤマ maruyama
杉本 スギモト sugimoto
新井 アライ arai
小島 コジマ kojima
古川 フルカワ furukawa
市川 イチカワ ichikawa
増田 マスダ masuda
水野 ミズノ mizuno
小山 コヤマ koyama
服部 ハットリ hattori
勅使河原 テシガワラ teshigawara
四十物 アイモノ aimono
月見里 ヤマナシ yamanashi
"""

_FIRST = """
大輔 ダイスケ daisuke
健太 ケンタ kenta
拓也 タクヤ takuya
翔太 ショウタ shota
直樹 ナオキ naoki
和也 カズヤ kazuya
哲也 テツヤ tetsuya
健一 ケンイチ kenichi
浩二 コウジ koji
誠 マコト makoto
隆 タカシ takashi
洋平 ヨウヘイ yohei
裕介 ユウスケ yusuke
達也 タツヤ tatsuya
正樹 マサキ masaki
雄太 ユウタ yuta
亮 リョウ ryo
俊介 シュンスケ shunsuke
智也 トモヤ tomoya
英樹 ヒデキ hideki
康平 コウヘイ kohei
信二 シンジ shinji
修 オサム osamu
茂 シゲル shigeru
一郎 イチロウ ichiro
悠斗 ユウト yuto
陽介 ヨウスケ yosuke
慎吾 シンゴ shingo
孝之 タカユキ takayuki
秀明 ヒデアキ hideaki
克己 カツミ katsumi
光男 ミツオ mitsuo
勇気 ユウキ yuki
蓮 レン ren
颯 ハヤテ hayate
美咲 ミサキ misaki
優子 ユウコ yuko
恵美 エミ emi
由美子 ユミコ yumiko
真由美 マユミ mayumi
智子 トモコ tomoko
陽子 ヨウコ yoko
久美子 クミコ kumiko
裕子 ヒロコ hiroko
愛 アイ ai
彩 アヤ aya
舞 マイ mai
香織 カオリ kaori
千尋 チヒロ chihiro
明日香 アスカ asuka
沙織 サオリ saori
麻衣 マイ mai
里奈 リナ rina
七海 ナナミ nanami
葵 アオイ aoi
さくら サクラ sakura
みなみ ミナミ minami
理恵 リエ rie
直美 ナオミ naomi
典子 ノリコ noriko
春香 ハルカ haruka
瞳 ヒトミ hitomi
桃子 モモコ momoko
結衣 ユイ yui
紗希 サキ saki
奈緒 ナオ nao
和子 カズコ kazuko
節子 セツコ setsuko
絵里 エリ eri
凛 リン rin
"""
