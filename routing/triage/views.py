"""The views of a text that matching uses, and the way back to the text as received."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from routing.triage.scripts import (
    ETHIOPIC_TWINS,
    SIGN,
    UNSPACED,
    has_vowel_signs,
    plain_vowel_signs,
)


class Clean(NamedTuple):
    """A text without case, invisible characters and width variants.

    `origin[i]` is the code point of the received text that gave character `i`; None means that
    both texts are of one length, position by position.
    """

    text: str
    origin: Sequence[int] | None


class Piece(NamedTuple):
    """One word, number or symbol: its form in the clean text and its place in the received one.

    `clause` counts commas, colons and the like; `sentence` counts full stops and line ends.
    """

    form: str
    start: int
    end: int
    sentence: int
    clause: int
    is_number: bool


def clean(text: str) -> Clean:
    """Fold case, width and digits of any script; drop what is invisible (FACTS I4)."""
    if text.isascii() and not _CONTROLS.search(text):
        return Clean(text.lower(), None)
    out: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        folded = _fold(char)
        if len(folded) == 1 and folded in _LATIN_MARKS and out:
            _compose(out, folded)
            continue
        out.extend(folded)
        origin.extend([index] * len(folded))
    return Clean("".join(out), origin)


def pieces(cleaned: Clean, length: int) -> Iterator[Piece]:
    """Split a clean text; `length` is that of the text as received."""
    sentence = clause = 0
    origin = cleaned.origin
    for found in _PIECE.finditer(cleaned.text):
        first, behind = found.span()
        kind = found.lastgroup
        if kind == "stop":
            sentence += 1
            clause += 1
        elif kind == "comma":
            clause += 1
        else:
            if origin is None:
                start, end = first, behind
            else:
                start, end = origin[first], min(origin[behind - 1] + 1, length)
            form = found.group()
            if kind == "number":
                form = form.replace(_DEGREES, ".")
            yield Piece(form, start, end, sentence, clause, kind == "number")


def key(form: str) -> str:
    """Give the form that dictionaries are kept in: composed, without apostrophes."""
    if form.isascii():
        return form.replace("'", "").replace("`", "")
    return unicodedata.normalize("NFC", _APOSTROPHES.sub("", form))


def elided(form: str) -> str:
    """Give what stands behind a small word that lost its vowel: French `d'oxygène`, `l'attrape`.

    Empty where nothing was lost.
    """
    small = _ELIDED.match(form)
    return key(form[small.end() :]) if small else ""


def owner(form: str) -> str:
    """Give the word before an English 's: "the arm's going" tells of an arm, not of arms.

    Empty where there is none.
    """
    found = _OWNER.match(form)
    return key(found.group()) if found else ""


def bare(form: str) -> str:
    """Give a key without diacritics: `respiración` is `respiracion`, `đ` is `d`."""
    if form.isascii():
        return form
    apart = unicodedata.normalize("NFD", form)
    if has_vowel_signs(apart):
        return plain_vowel_signs(apart)
    return "".join(c for c in apart if unicodedata.category(c) != "Mn").translate(_BARE_LETTERS)


def look_alike(form: str) -> str:
    """Undo Cyrillic, Greek and other letters that stand for Latin ones (B-08)."""
    return form if form.isascii() else bare(form.translate(_LOOK_ALIKES))


def has_latin_twins(text: str) -> bool:
    """Say whether a Cyrillic text writes letters of a word as their Latin twins: `нe дышит`.

    A Latin text in Cyrillic twins is mixed too, but has letters that only Latin has, and none
    that only Cyrillic has.
    """
    if text.isascii() or _MIXED_WORD.search(text) is None:
        return False
    return _CYRILLIC_ALONE.search(text) is not None or _LATIN_ALONE.search(text) is None


def in_cyrillic(form: str) -> str:
    """Undo Latin letters that stand for Cyrillic ones."""
    return form.translate(_CYRILLIC_TWINS)


def plain_digits(form: str) -> Iterator[str]:
    """Read digits and signs that stand for letters: `br3ath` is `breath`, `k1ll` is `kill`."""
    # A number is a number: "appointment 1074" spells no word.
    if not form.isdigit() and any(c in _LEET_SIGNS for c in form):
        yield form.translate(_LEET)
        yield form.translate(_LEET_L)


def squeezed(form: str) -> str:
    """Write every run of one letter once: `helppp` and `help` are both `help`."""
    return _RUN.sub(r"\1", form)


def has_long_run(form: str) -> bool:
    """Say whether a letter stands three times in a row, which no ordinary word does."""
    return _LONG_RUN.search(form) is not None


def doubled(form: str) -> str:
    """Shorten runs of three and more to two: `sleeeepy` is `sleepy`."""
    return _LONG_RUN.sub(r"\1\1", form)


def unstretched(form: str) -> str:
    """Shorten runs of three and more to one, other doubled letters stay: `gaaaraac`, `garaac`."""
    return _LONG_RUN.sub(r"\1", form)


def value(form: str) -> float | None:
    """Read a plain number; a comma before one or two digits is a decimal comma."""
    text = form
    if form.count(",") == 1 and "." not in form:
        head, tail = form.split(",")
        text = f"{head}.{tail}" if len(tail) <= 2 else head + tail  # noqa: PLR2004 - "38,5", "1,600"
    if _PERSIAN_DECIMAL.fullmatch(text):
        text = text.replace("/", ".")
    try:
        return float(text)
    except ValueError:
        return None


def disguises(word: str) -> Iterator[str]:
    """Give the words that a disguised or stretched one may stand for."""
    plain = look_alike(word)
    if plain != word:
        yield plain
    if _ETA in word:  # as a small letter it looks like n, as a capital like H
        yield look_alike(word.replace(_ETA, "h"))
    yield from plain_digits(plain)
    # A stretched word is one of its own alphabet or of the one that its letters imitate.
    for form in dict.fromkeys((word, plain)):
        if has_long_run(form):
            yield doubled(form)
            yield unstretched(form)
            yield squeezed(form)


@lru_cache(maxsize=65_536)
def _fold(char: str) -> str:
    if char in _INVISIBLE:
        return ""
    special = _SPECIAL.get(char)
    if special is not None:
        return special
    category = unicodedata.category(char)
    if category == "Cf" or (category == "Cc" and not char.isspace()):
        return ""
    folded = unicodedata.normalize("NFKC", char).casefold()
    return "".join(
        str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c for c in folded
    )


def _compose(out: list[str], mark: str) -> None:
    composed = unicodedata.normalize("NFC", out[-1] + mark)
    if len(composed) == 1:
        out[-1] = composed


def _ranges(points: Sequence[int]) -> str:
    text = ""
    first = last = points[0]
    for point in [*points[1:], 0x110000]:
        if point != last + 1:
            text += f"\\u{first:04x}-\\u{last:04x}"
            first = point
        last = point
    return text


_MIXED_WORD = re.compile("[a-z][\u0400-\u04ff]|[\u0400-\u04ff][a-z]")
_CYRILLIC_TWINS = str.maketrans("abcehikmoptxy", "авсенікмортху")
_CYRILLIC_ALONE = re.compile("[бгджзийлпфцчшщъыьэюяґї]")
_LATIN_ALONE = re.compile("[dfgjlnqrsuvwz]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | {
    chr(c) for c in range(0xFE00, 0xFE10)
}
# A masculine ordinal is how many phones write a degree sign.
_SPECIAL = {"º": "°", "˚": "°", "’": "'", "‘": "'", "´": "'", "ʼ": "'", "＇": "'", "…": ". "}
# Decimal signs of Persian and Arabic numbers.
_SPECIAL |= {"٫": ".", "٬": ","}
# Traditional and Cantonese characters that matter here, as the lexicon writes them.
_TRADITIONAL = (
    "氣發燒脣臉顏癲癇頭藥殺機電斷壞線導餵嗎沒還這們寶兒說話時個過會給來對開關醫護請幫謝學約預換單張車險報嚴腫脹嘔瀉溫點幾歲週"
    "錢費帳飯綠藍紅黃燙傷盡絕槍殘離見誰驚覺應軟無為從後嗆濕熱涼異聲響針劑誤顆體腦膚長東動靜裡裏樣難讓搶掙滿紙補買賣輪職員課師"
    "證簽書號碼變歷將與爾剛壓暈嚇餓藍嚥膽腎胰撞鎖溺樓墜滅煙鍋爐齒鬆癢癒測癱瘋懷孕嬰產鬧紗創葉聯繫嘅喺冇佢咗哋唔咁嚟睇瞓"
    "臟腸臍鐘鍾鬆搖喚濃膿癢縮頸頂順識係圍塗塊墜墊夠妝娛嬰孫寫寬寢層屬崗嶺庫廁廚廠廢廣彈徹復恆惡惱愛慮憂懷懸憑戲戶掃掛採揀揮損搗攝摺撈擁擇擊擋據擠擬擴擺攔攪敗敵數斃晝暈曉曬術條極構槓標樓"
    "樹橋檢欄權歐歡歸殼毀毆決況洩淚淺淨減湧測滅滲滾滯漲漸潰澆濟濺瀝瀰灑災煙煩煉營燈燜爐爛爭爺牆牽犧狀狹獨獲現琺環產畢當疊痙瘡瘋療瘓癒癱皺盜監盤眾睜矇瞞瞭礙禍禮禱稱種積穩窩竄節範築簡糧糞"
    "糾級納純紗紛細終組結絡統絲綁經維網緊緒緩編練緻縫總績繃織繞繩繼續纏罰罵罷義習聖聯聰聽肅脈腎腳膠膽臥臨舉舊艙艱莊莖華著葉蓋蔥蕩薦蘇蘭處虛虧蟲蠍衛衝製複褲襯規視覽觀觸訂計訊討訓記訪設許"
    "訴診詐評詢試該詳認誠語誘諾調談論諮講謊謹譯議讀讚豬貓貝負財貧貨販責貴貸貼賀賁資賴賺購賽贈贏趕趨跡踐蹤躍軀軸較載輔輕輛輩輸轉轟辦辭農迴逕連進運達違遙遞遠適遲選遺邊邏郵鄉鄰醜醬釋釐釘釣"
    "鈕鈣鈴鉛鉤銀銅銷鋒鋪錄錯鍋鎖鎮鏈鏡鐵鑰鑽門閃閉閒間閘閱闆闊闖隊陽陰陣階際隨隱隻雖雙雜雞霧靈鞏韌頁項須頑頓領頗頰頻題額願類顧顫顯風飄飛飢飼飽飾餅養餓餘館饑馬駕駛騎騙騷驗驅驟髒鬥鬧魚鮮"
    "鯁鳥鹽麗麥麵黨齊齒齡龍龜藉擾壺唸噴嚇嚥囑國園圓團圖執堅場塵墳壯夢夥夾奪奮婦媽嬤宮實審尋屍屆島嶄帶幣幹強彎徵慣慘慚憶戰拋拚挾捨捲撐撥撫撲擔攜敘斂於昇暫桿棄業榮樂櫃氫潔灣獎瑪瓊畫痺眞確"
    "禦穀窮籤緣繳羅興茲萬葷蓮虜蝦蠟裝襲親諷貢質贖趙蹺軍轎遊鄭釀鈉鈔鉀銳鎊陳陸雲韓頒颱飲駐骯髮鴨齣兩並丟乾亂亞侖側倉偉偵備傑傢傳債傾僅僱價儀億優儘兇內冊凈凍凱別刪則剎剝創劃劇劉勁務勝勞勢"
    "勵勸匯區協卻厭參吳呂問啓啞啟喪喬嘆嘗嘩"
    "脫湯潑鋸斬儲筆襪攢湊嚨齦獵鋼鈎瘻絞竊脅諒軌橫賭烏軋貫顎擲紀誕託償瀏瀨飈澱癟"
)
_SIMPLIFIED = (
    "气发烧唇脸颜癫痫头药杀机电断坏线导喂吗没还这们宝儿说话时个过会给来对开关医护请帮谢学约预换单张车险报严肿胀呕泻温点几岁周"
    "钱费账饭绿蓝红黄烫伤尽绝枪残离见谁惊觉应软无为从后呛湿热凉异声响针剂误颗体脑肤长东动静里里样难让抢挣满纸补买卖轮职员课师"
    "证签书号码变历将与尔刚压晕吓饿蓝咽胆肾胰撞锁溺楼坠灭烟锅炉齿松痒愈测瘫疯怀孕婴产闹纱创叶联系的在没他了们不这来看睡"
    "脏肠脐钟钟松摇唤浓脓痒缩颈顶顺识系围涂块坠垫够妆娱婴孙写宽寝层属岗岭库厕厨厂废广弹彻复恒恶恼爱虑忧怀悬凭戏户扫挂采拣挥损捣摄折捞拥择击挡据挤拟扩摆拦搅败敌数毙昼晕晓晒术条极构杠标楼"
    "树桥检栏权欧欢归壳毁殴决况泄泪浅净减涌测灭渗滚滞涨渐溃浇济溅沥弥洒灾烟烦炼营灯焖炉烂争爷墙牵牺状狭独获现珐环产毕当叠痉疮疯疗痪愈瘫皱盗监盘众睁蒙瞒了碍祸礼祷称种积稳窝窜节范筑简粮粪"
    "纠级纳纯纱纷细终组结络统丝绑经维网紧绪缓编练致缝总绩绷织绕绳继续缠罚骂罢义习圣联聪听肃脉肾脚胶胆卧临举旧舱艰庄茎华着叶盖葱荡荐苏兰处虚亏虫蝎卫冲制复裤衬规视览观触订计讯讨训记访设许"
    "诉诊诈评询试该详认诚语诱诺调谈论咨讲谎谨译议读赞猪猫贝负财贫货贩责贵贷贴贺贲资赖赚购赛赠赢赶趋迹践踪跃躯轴较载辅轻辆辈输转轰办辞农回径连进运达违遥递远适迟选遗边逻邮乡邻丑酱释厘钉钓"
    "钮钙铃铅钩银铜销锋铺录错锅锁镇链镜铁钥钻门闪闭闲间闸阅板阔闯队阳阴阵阶际随隐只虽双杂鸡雾灵巩韧页项须顽顿领颇颊频题额愿类顾颤显风飘飞饥饲饱饰饼养饿余馆饥马驾驶骑骗骚验驱骤脏斗闹鱼鲜"
    "鲠鸟盐丽麦面党齐齿龄龙龟借扰壶念喷吓咽嘱国园圆团图执坚场尘坟壮梦伙夹夺奋妇妈嬷宫实审寻尸届岛崭带币干强弯征惯惨惭忆战抛拼挟舍卷撑拨抚扑担携叙敛于升暂杆弃业荣乐柜氢洁湾奖玛琼画痹真确"
    "御谷穷签缘缴罗兴兹万荤莲虏虾蜡装袭亲讽贡质赎赵跷军轿游郑酿钠钞钾锐镑陈陆云韩颁台饮驻肮发鸭出两并丢干乱亚仑侧仓伟侦备杰家传债倾仅雇价仪亿优尽凶内册净冻凯别删则刹剥创划剧刘劲务胜劳势"
    "励劝汇区协却厌参吴吕问启哑启丧乔叹尝哗"
    "脱汤泼锯斩储笔袜攒凑咙龈猎钢钩瘘绞窃胁谅轨横赌乌轧贯颚掷纪诞托偿浏濑飙淀瘪"
)
_SPECIAL |= dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True))
_LATIN_MARKS = frozenset(
    chr(c)
    for first, last in ((0x300, 0x370), (0x1AB0, 0x1B00), (0x1DC0, 0x1E00), (0x20D0, 0x2100))
    for c in range(first, last)
)
_MARKS = _ranges([c for c in range(0x300, 0xFFFF) if unicodedata.category(chr(c))[0] == "M"])
# Scripts without spaces: every character with its signs is a word of its own, and a word is a
# phrase of them.
_LETTER = rf"(?:[^\W\d_{UNSPACED}]|[{_MARKS}])"
# 38度5 is 38.5 degrees; 40度2天 is 40 degrees for two days.
_DEGREES = "\u5ea6"
_UNITS = "\u5929\u4e2a\u5c0f\u6b21\u5468\u6708\u5e74\u5c81\u65f6\u70b9\u5206\u65e5"
_PIECE = re.compile(
    rf"(?P<sign>{SIGN})"
    rf"|(?P<word>(?:{_LETTER}|[@$]+(?=[@$\d]*{_LETTER})|\d+(?=[@$]?{_LETTER}+\d)"
    rf"|(?<!\d)\d(?=@\d+{_LETTER}))"
    rf"(?:[^\W_{UNSPACED}]|[{_MARKS}]|['`@$]+(?=[^\W_{UNSPACED}])|(?<=\w)[@$]+(?![\d.]))*)"
    rf"|(?P<number>\d\d{_DEGREES}\d(?![\d{_UNITS}])|\d+(?:[.,:/]\d+)*)"
    r"|(?P<stop>[!?;\n\r¿¡。！？؟।۔።፧]|፡፡|::|\.(?!\w\b))"
    r"|(?P<comma>[,:()\[\]\u2013\u2014\u060c\u061b\u3001፣፤፥፦]|\s-\s"
    r"|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff]))"  # Chinese is texted with spaces for commas
    r"|(?P<symbol>[^\w\s.,'`\"\-፡])",
)
_APOSTROPHES = re.compile("['`]")
# Small words of French and Italian before a vowel.
_OWNER = re.compile(r"\w{3,}(?='[sѕ]$)")
_ELIDED = re.compile(r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|un|all|dall|dell|nell|sull)'(?=\w{3})")
_BARE_LETTERS = str.maketrans(
    {
        "đ": "d", "ø": "o", "ł": "l", "ı": "i", "ħ": "h",
        # Letters of the Arabic script that people and keyboards use for one another.
        "ى": "ي", "ی": "ي", "ې": "ي", "ة": "ه", "ہ": "ه", "ھ": "ه", "ۀ": "ه", "ک": "ك", "ڪ": "ك",
        "ـ": None, "ں": "ن",
        **ETHIOPIC_TWINS,
    }
)  # fmt: skip
_LOOK_ALIKES = str.maketrans(
    {
        twin: letter
        for letter, twins in {
            "a": "аαɑᴀ",
            "b": "ьβʙвƅ",
            "c": "сᴄϲ",
            "d": "ԁᴅ",
            "e": "еεᴇє",
            "g": "ɡɢ",
            "h": "һʜн",
            "i": "іιɩɪı",
            "j": "јϳᴊ",
            "k": "кκᴋ",
            "l": "ӏʟⅼ",
            "m": "мᴍ",
            "n": "пηɴո",
            "o": "оοσᴏօ",
            "p": "рρᴘ",
            "q": "ԛ",
            "r": "гʀ",
            "s": "ѕꜱ",
            "t": "тτᴛ",
            "u": "υսᴜц",
            "v": "ѵνᴠ",
            "w": "ԝωᴡш",
            "x": "хχ",
            "y": "уγʏү",
            "z": "ᴢʐ",
        }.items()
        for twin in twins
    },
)
# Persian writes 38/5 for 38.5; nothing else does with the degrees of a living child.
_PERSIAN_DECIMAL = re.compile(r"(3[4-9]|4[0-3])/\d")
_LEET_SIGNS = frozenset("0134578@$")
_LEET = str.maketrans("0134578@$", "oieastbas")
_LEET_L = str.maketrans("0134578@$", "oleastbas")
# Not digits: a stuck finger writes "helppp", but 911 is no 91 and 100 no 10.
_RUN = re.compile(r"([^\W\d_])\1+")
_ETA = "η"
_LONG_RUN = re.compile(r"([^\W\d_])\1{2,}")
