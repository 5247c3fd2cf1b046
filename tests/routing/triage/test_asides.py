"""What families say in the same breath as a danger lowers none: no comma, no full stop (I-08, C4).

Each aside is said before or behind every danger of the messages that words are tuned on. One in a
hundred may go quiet: a seizure of the morning that is told as over already.
"""

from dataclasses import replace

import pytest

from app.engine import packaged_engine
from benchmarks import labelled
from routing.types import Urgency

BEFORE, BEHIND = "{} {{}}", "{{}} {}"
ASIDES = {
    "en": (
        ["sorry to bother you but", "i read online what to do but", "not sure but",
         "no fever but", "yesterday was fine but now", "before he was fine now",
         "thank you for the form but", "nobody answers the phone", "i dont know what to do",
         "since his surgery last month", "he had a shunt put in last year and",
         "in 2019 he had surgery and now"],
        ["what do i do", "what if it gets worse", "and i read about it online", "like last year",
         "is that normal", "and hes only 5", "or am i overreacting",
         "should i wait until tomorrow", "he is fine otherwise", "and last month too",
         "since he was born", "no rush", "thank you", "normally he is fine",
         "he had the same in 2019", "it was fine last week", "started two days ago"],
    ),
    "es": (
        ["disculpe la molestia pero", "leí en internet qué hacer pero", "no tiene fiebre pero",
         "ayer estaba bien pero ahora", "gracias por el formulario pero", "no sé qué hacer",
         "desde la cirugía del mes pasado"],
        ["qué hago", "y si empeora", "y leí en internet de eso", "como el año pasado",
         "es normal", "por lo demás está bien", "espero hasta mañana", "sin prisa",
         "normalmente está bien", "empezó hace dos días", "y el mes pasado también"],
    ),
    "pt": (
        ["desculpa incomodar mas", "li na internet o que fazer mas", "não tem febre mas",
         "ontem estava bem mas agora", "desde a cirurgia do mês passado"],
        ["o que eu faço", "e se piorar", "e eu li na internet", "é normal", "sem pressa",
         "normalmente ele está bem", "começou há dois dias"],
    ),
    "fr": (
        ["désolée de déranger mais", "j'ai lu sur internet quoi faire mais",
         "je sais pas pourquoi", "depuis l'opération du mois dernier"],
        ["je fais quoi", "et si ça empire", "et j'ai lu ça sur internet",
         "comme l'année dernière", "sinon il va bien", "pas pressé", "d'habitude il va bien",
         "ça a commencé il y a deux jours"],
    ),
    "ru": (
        ["извините за беспокойство но", "читала в интернете что делать но", "температуры нет",
         "вчера было нормально но сейчас", "после операции в прошлом месяце"],
        ["что делать", "а если станет хуже", "как в прошлом году", "а так нормальный", "спасибо",
         "обычно все нормально", "началось два дня назад"],
    ),
    "ar": (
        ["آسفة عالإزعاج بس", "قريت عالنت شو أعمل بس", "ما نام و", "من العملية الشهر الماضي"],
        ["شو أعمل", "واذا صار أسوأ", "متل السنة الماضية", "شكرا", "عادة هو منيح", "بلش من يومين"],
    ),
    "ko": (
        ["죄송한데 근데", "왜 그런지 모르겠는데", "지난달 수술하고 나서"],
        ["어떡해요", "작년처럼", "더 심해지면 어떡해요", "인터넷에서 봤어요",
         "평소엔 괜찮아요", "지난달에도 그랬어요"],
    ),
    "vi": (
        ["xin lỗi làm phiền nhưng", "em đọc trên mạng phải làm gì nhưng", "chưa từng thấy"],
        ["làm sao đây", "như năm ngoái", "lỡ nặng hơn thì sao", "không gấp",
         "ngày thường bé khỏe", "bắt đầu hai ngày trước"],
    ),
    "fil": (
        ["pasensya na po sa abala pero", "nabasa ko online kung ano gagawin pero",
         "dati okay ngayon", "simula nung operasyon last month", "simula lunes"],
        ["ano gagawin ko", "gaya ng last year", "paano kung lumala", "okay naman iba",
         "normally okay naman siya", "nagsimula 2 days ago"],
    ),
    "ht": (
        ["eskize m men", "m li sou entènèt sa pou m fè men", "depi operasyon mwa pase a"],
        ["kisa pou m fè", "tankou ane pase", "e si sa vin pi mal", "pa prese", "nòmalman li byen",
         "sa kòmanse gen de jou"],
    ),
    "so": (
        ["iga raali noqo laakiin", "qandho ma leh", "shalay wuu fiicnaa laakiin hadda",
         "isniintii ilaa hadda"],
        ["maxaan sameeyaa", "sida sanadkii hore", "hadduu ka sii daro", "degdeg maaha",
         "caadi ahaan wuu fiican yahay", "bishii horena sidoo kale"],
    ),
    "zh": (
        ["不好意思打扰但是", "我在网上看了怎么办但是", "上个月手术以后"],
        ["怎么办", "像去年一样", "如果更严重怎么办", "不急", "平时都很好", "两天前开始的"],
    ),
    "pl": (
        ["przepraszam że przeszkadzam ale"],
        ["co robić", "a jak się pogorszy", "zwykle jest dobrze"],
    ),
    "uk": (["вибачте що турбую але"], ["що робити", "як минулого року", "зазвичай все добре"]),
    "fa": (["ببخشید مزاحم شدم ولی"], ["چیکار کنم", "مثل پارسال", "معمولا خوبه"]),
    "hi": (["माफ कीजिए लेकिन"], ["क्या करूँ", "पिछले साल की तरह", "वैसे ठीक है"]),
    "ur": (["معاف کیجیے لیکن"], ["کیا کروں", "شکریہ", "ویسے ٹھیک ہے"]),
    "sw": (
        ["samahani kwa usumbufu lakini", "hakuna anayejibu simu"],
        ["nifanye nini", "kama mwaka jana", "kwa kawaida yuko sawa"],
    ),
    "ne": (["माफ गर्नुहोस् तर"], ["के गर्ने", "पोहोर जस्तै", "अरु बेला ठीक छ"]),
    "am": (["ይቅርታ ግን"], ["ምን ላድርግ", "እንደ አምና", "በተለምዶ ደህና ነው"]),
    "bn": (["বিরক্ত করার জন্য দুঃখিত কিন্তু"], ["কি করব", "গত বছরের মতো", "এমনিতে ভালো আছে"]),
    "id": (
        ["maaf mengganggu tapi"],
        ["harus gimana", "seperti tahun lalu", "biasanya baik baik saja"],
    ),
}  # fmt: skip
ONE_BREATH = ".?!。？！؟।"


def _dangers(tag: str) -> list[labelled.Labelled]:
    """Give the dangers of a language that are one sentence and that triage hears."""
    engine = packaged_engine()
    return [
        one
        for one in labelled.own()
        if one.language == tag
        and one.gold >= Urgency.URGENT
        and not any(sign in one.note.text for sign in ONE_BREATH)
        and engine.assess(one.note).urgency >= Urgency.URGENT
    ]


@pytest.mark.parametrize("tag", ASIDES)
def test_what_is_said_in_the_same_breath_lowers_no_danger(tag: str) -> None:
    engine, dangers = packaged_engine(), _dangers(tag)
    before, behind = ASIDES[tag]
    frames = [BEFORE.format(one) for one in before] + [BEHIND.format(one) for one in behind]
    texts = [(one, frame.format(one.note.text.rstrip(" ,"))) for one in dangers for frame in frames]
    quiet = [
        text
        for one, text in texts
        if engine.assess(replace(one.note, text=text)).urgency < Urgency.URGENT
    ]
    assert len(dangers) >= 10
    assert 100 * len(quiet) <= len(texts), quiet
