"""The words themselves: complete, short, safe and true in every language that ships."""

import re
from datetime import UTC, datetime

import pytest

from locales.catalogs import Status, direction, load, placeholders
from locales.replies import Params, Speaker
from locales.segments import Encoding, segments, utf16_units
from locales.times import Saying, When
from routing.types import ReplyKey
from tests.locales.drawing import as_drawn

CATALOGS = load()
SPEAKER = Speaker(CATALOGS)
LANGUAGES = CATALOGS.tags
SAFETY = [key for key in CATALOGS.keys if key.startswith("safety.")]
TEXTED = [key for key in CATALOGS.keys if key.split(".")[0] in {"safety", "auto", "consent"}]
WITH_NUMBER = [key for key in SAFETY if "emergency" in placeholders(CATALOGS.texts["en"][key])]

VALUES_KNOWN = {
    "word",
    "clinic",
    "holiday",
    "emergency",
    "on_call",
    "when",
    "link",
    "suicide_line",
    "comfort_phone",
    "language",
    "coordinator",
    "cover",
}
VALUES_IN_TIMES = {"time", "day", "clock", "weekday", "date"}

# The longest ordinary promise: a Spanish Saturday at noon is also the dearest.
SATURDAY_NOON = datetime(2026, 11, 28, 18, 0, tzinfo=UTC)
SUNDAY_BEFORE = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


def values(saying: Saying = Saying.BY) -> Params:
    return {
        "clinic": "Maple Complex Care",
        "holiday": "New Year's Day",
        "emergency": "911",
        "on_call": "+13125550100",
        "suicide_line": "988",
        "comfort_phone": "+13125550177",
        "language": "Spanish",
        "word": "MAPLE",
        "coordinator": "Maria",
        "cover": "Jo",
        "link": "https://kinline.maple.example/",
        "when": When(saying, SATURDAY_NOON, SUNDAY_BEFORE, "America/Chicago"),
    }


def in_language(key: str, tag: str) -> str:
    """Word a reply as that language alone will read once it is reviewed."""
    saying = Saying.AT if key.startswith("auto.closed") else Saying.BY
    said = SPEAKER.say(key, [tag], policy="allow_draft", params=values(saying))
    return said.parts[-1].text


@pytest.mark.parametrize("tag", ["en", "es", "ar"])
@pytest.mark.parametrize(
    "key",
    [
        *(key.value for key in ReplyKey),
        "safety.self_harm_no_line",
        "voice.emergency",
        "voice.connecting",
        "voice.nobody",
        "language.call_line",
    ],
)
def test_every_reply_has_words_in_every_language(key: str, tag: str) -> None:
    assert CATALOGS.status(key, tag) is not Status.MISSING


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("key", CATALOGS.keys)
def test_every_text_fills_in_the_same_values_in_every_language(key: str, tag: str) -> None:
    words = CATALOGS.text(key, tag)
    assert words is not None
    assert placeholders(words) == placeholders(CATALOGS.texts["en"][key])
    known = VALUES_IN_TIMES if key.startswith("time.") else VALUES_KNOWN
    assert placeholders(words) <= known
    assert not set("{}") & set(re.sub(r"\{[a-z_]+\}", "", words))


@pytest.mark.parametrize("key", CATALOGS.keys)
def test_every_english_text_is_reviewed(key: str) -> None:
    """Everything falls back to it. After a change: `python -m locales.sign sign en ...`."""
    assert CATALOGS.status(key, "en") is Status.REVIEWED


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("key", WITH_NUMBER)
def test_the_emergency_number_stands_in_the_first_part_of_every_safety_text(
    key: str, tag: str
) -> None:
    """FACTS D: within 67 UTF-16 units, the first part of a long UCS-2 text."""
    text = in_language(key, tag)
    assert utf16_units(text[: text.index("911") + 3]) <= 67


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("key", WITH_NUMBER)
def test_it_also_does_so_before_an_unreviewed_language_is_joined(key: str, tag: str) -> None:
    said = SPEAKER.say(key, [tag], policy="reviewed_only", params=values())
    assert utf16_units(said.text[: said.text.index("911") + 3]) <= 67


@pytest.mark.parametrize("key", [key for key in SAFETY if key not in WITH_NUMBER])
def test_only_an_unknown_clinic_gets_a_safety_text_without_a_number(key: str) -> None:
    assert key == ReplyKey.CALL_LOCAL_EMERGENCY
    assert not any(placeholders(CATALOGS.texts[tag][key]) for tag in LANGUAGES)
    assert not any(re.search(r"\d", CATALOGS.texts[tag][key]) for tag in LANGUAGES)


@pytest.mark.parametrize("key", TEXTED)
def test_english_texts_cost_at_most_two_parts(key: str) -> None:
    cost = segments(in_language(key, "en"))
    assert (cost.encoding, cost.count <= 2) == (Encoding.GSM_7, True), cost


@pytest.mark.parametrize("tag", ["es", "ar"])
@pytest.mark.parametrize("key", TEXTED)
def test_other_texts_cost_at_most_their_budget(key: str, tag: str) -> None:
    """FACTS D. Only "Abrimos el sábado ...", the longest notices with a dear letter, take four."""
    cost = segments(in_language(key, tag))
    assert cost.count <= (4 if tag == "es" and key.startswith("auto.closed") else 3), cost


@pytest.mark.parametrize("key", SAFETY)
def test_spanish_safety_texts_are_written_without_dear_letters(key: str) -> None:
    """By choosing words, never by leaving accents out (FACTS D)."""
    assert segments(in_language(key, "es")).encoding is Encoding.GSM_7


@pytest.mark.parametrize(("tag", "most"), [("es", 3), ("ar", 6)])
@pytest.mark.parametrize("key", SAFETY)
def test_a_safety_text_in_two_languages_stays_short(key: str, tag: str, most: int) -> None:
    said = SPEAKER.say(key, [tag], policy="reviewed_only", params=values())
    assert segments(said.text).count <= most


AUTOMATIC = {
    "en": "automatic",
    "es": "automatizado",
    "ar": "رسالة آلية",
    "pl": "automatyczn",
    "uk": "автоматичн",
    "so": "otomaatik",
    "fil": "awtomatiko",
    "sw": "kiotomatiki",
    "id": "otomatis",
    "ru": "автоматическ",
    "ht": "otomatik",
    "pt": "automátic",
    "fr": "automatique",
    "fa": "پیام خودکار",
    "ur": "خودکار پیغام",
    "ko": "자동",
    "vi": "tự động",
    "zh": "自动",
    "hi": "अपने-आप",
    "ne": "आफैँ",
    "bn": "স্বয়ংক্রিয়",
    "am": "ራሱ የ",
}


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("key", [*TEXTED, "staff.alert", "staff.alert_no_answer"])
def test_every_automatic_text_says_that_it_is_automatic_c14(key: str, tag: str) -> None:
    assert AUTOMATIC[tag] in in_language(key, tag).lower()


CLAIMS = {
    "en": r"(has|have|been|was|were) (been )?(told|notified|alerted|informed|paged)|"
    r"\bwe (know|got|read|saw|see)\b|received by|is reading|has (read|seen)|on (the|their) way|"
    r"is coming|are coming|will call you|help is|don'?t worry|you'?re fine|not an emergency",
    "es": r"avisamos|avisado|avisada|hemos (visto|le[ií]do)|recibimos|le[ií]mos|ya sabe|"
    r"en camino|va para|le llamaremos|no se preocupe|no es una emergencia|notificad",
    "ar": r"أبلغنا|أُبلغ|تم إبلاغ|تم إخطار|قرأنا|قرأ أحد|في الطريق|قادم|سنتصل|لا تقلق|"
    r"ليست حالة طارئة|استلمنا",
    "pl": r"powiadomili|zawiadomili|przeczytaliśmy|odebraliśmy|już wie|w drodze|"
    r"\bjedzie|oddzwonimy|nie martw się|to nie jest nagły",
    "uk": r"повідомили|сповістили|прочитали|отримали|вже знає|в дорозі|"
    r"\bїде\b|передзвонимо вам|не хвилюйтеся|це не екстрений",
    "so": r"la ogeysiiyay|waan akhrinay|la akhriyay|waan helnay|soo socda|jidka ku|"
    r"ku soo wici|ha welwelin|degdeg ma aha",
    "fil": r"nasabihan|naabisuhan|nabasa na|nakita na namin|natanggap namin|papunta na|parating|"
    r"tatawagan ka|huwag mag-?alala|hindi (ito )?emergency",
    "sw": r"tumearif|amearifiwa|ameambiwa|tumesoma|tumeupata|tumepokea|njiani|anakuja|"
    r"tutakupigia|usijali|si dharura",
    "id": r"sudah diberi ?tahu|kami beri tahu|sudah (kami )?(dibaca|baca|terima)|dalam perjalanan|"
    r"akan datang|akan menelepon anda|jangan khawatir|bukan darurat",
    "ru": r"сообщили|уведомили|известили|прочитали|прочли|получили|уже знает|в пути|"
    r"\bедет|\bедут|перезвоним вам|не волнуйтесь|это не экстренн",
    "ht": r"nou (te )?(avize|enfòme|li|resevwa|wè)\b|deja konnen|sou wout|ap vini|"
    r"n ap rele (ou|w)\b|pa enkyete|se pa yon ijans",
    "pt": r"avisamos|avisad[oa]|já (lemos|vimos|sabe)|recebemos|a caminho|ligaremos|vai ligar|"
    r"não se preocupe|não é uma emergência",
    "fr": r"prévenu|averti|informé|avons (lu|vu|reçu)|a (lu|vu) votre|en (route|chemin)|"
    r"rappeller|ne vous inquiétez pas|pas une urgence",
    "fa": r"خبر داد|اطلاع داد|خواندیم|دریافت کردیم|می‌داند|در راه است|می‌آید کمک|"
    r"به شما زنگ می‌زنیم|نگران نباشید|این اضطراری نیست",
    "ur": r"بتا دیا|اطلاع د|پڑھ لیا|دیکھ لیا|مل گیا|راستے میں|آ رہ[یاے] (ہے|ہیں)|"
    r"آپ کو کال کریں گے|فکر نہ کریں|ایمرجنسی نہیں",
    "ko": r"알렸|알려 드렸|통보|전달했|읽었|확인했|접수했|가고 있|오고 있|출발|전화드리겠|걱정 ?마|"
    r"응급이? 아닙",
    "vi": r"đã (báo|thông báo|đọc|xem|nhận được)|đang (đến|tới|trên đường)|sẽ gọi lại|đừng lo|"
    r"không phải (là )?cấp cứu",
    "zh": r"已经?(通知|告诉|看到|看过|读|收到)|正在(赶来|路上)|马上(来|到)|会给您打|别担心|"
    r"不要担心|不是(紧急|急)",
    "hi": r"बता दिया|सूचना दे|पढ़ लिया|देख लिया|मिल गया|रास्ते में|आ रह[ाीे] (है|हैं)|"
    r"आपको फोन करेंगे|चिंता न|इमरजेंसी नहीं",
    "ne": r"जानकारी दि|खबर गर|पढिसक|पढ्यौं|पायौं|बाटोमा|आउँदै (छ|हुनु)|फोन गर्नेछौं|चिन्ता नगर|"
    r"इमर्जेन्सी होइन",
    "bn": r"জানানো হ|পড়েছি|দেখেছি|পেয়েছি|পথে আছে|রওনা|আসছেন|ফোন করব|চিন্তা করবেন না|জরুরি নয়",
    "am": r"ነግረናል|አሳውቀናል|ተነግሯ|አንብበ|አይተና|ደርሶናል|በመንገድ ላይ|እየመጣ|እንደውልልዎታለን|"
    r"አይጨነቁ|አደጋ አይደለም",
}


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("key", CATALOGS.keys)
def test_no_text_claims_that_somebody_was_told_or_is_coming_c14_i14(key: str, tag: str) -> None:
    assert not re.search(CLAIMS[tag], CATALOGS.texts[tag][key].lower())


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("key", SAFETY)
def test_a_safety_text_gives_no_time_to_wait_for(key: str, tag: str) -> None:
    """C2. "Works without minutes" of C12 means a prepaid telephone."""
    words = CATALOGS.texts[tag][key].lower().replace("without minutes", "")
    assert "when" not in placeholders(words)
    waits = r"minute|hours\b|soon\b|tomorrow|minuto|horas\b|pronto|luego|دقيقة|دقائق|قريبا|ساعات"
    assert not re.search(waits, words)


SECRETS = {
    "en": r"suicid|kill|die|hurt|harm|violen|abus|beat|safe|child|\bson\b|daughter|fever|breath",
    "es": r"suicid|matar|muer|violen|abus|golpe|segur|niñ|hij[oa]|fiebre|respir",
    "ar": r"انتحار|قتل|موت|عنف|اعتداء|ضرب|طفل|ابن|حرارة|تنفس",
    "pl": r"samobój|zabi|umrz|umier|przemoc|bije|bezpiecz|dzieck|\bsyn|córk|gorączk|oddech",
    "uk": r"самогуб|суїцид|вбит|помер|насильств|б'є|безпеч|дитин|\bсин|доньк|гарячк|дихан",
    "so": r"is ?dil|dhiman|dhint|garaac|dhaawac|ammaan|ilma|carruur|wiil|gabadh|qandho|neef",
    "fil": r"magpakamatay|patay|saktan|sinaktan|abus|bugbog|ligtas|anak|\bbata|lagnat|hinga",
    "sw": r"kujiua|kufa|kuumiz|kipigo|kupigwa|nyanyas|salama|mtoto|watoto|binti|homa|kupumua",
    "id": r"bunuh|mati\b|meninggal|sakiti|kekerasan|pukul[ia]|aman|anak|demam|napas",
    "ru": r"самоуб|суицид|убит|убь|умер|умр|насили|\bбь[её]т|безопасн|реб[её]н|детей|\bсын|доч|"
    r"жар\b|дыха|дыши",
    "ht": r"touye|mouri|blese|vyolans|\bbat\b|maltrete|sekirite|pitit|timoun|tifi|lafyèv|respir",
    "pt": r"suic|matar|morr|violên|abus|\bbat(e|eu|er)\b|segur|crian|filh|febre|respir",
    "fr": r"suicid|\btue|mour|violen|abus|frapp|sécurité|enfant|\bfils\b|\bfille|fièvre|respir",
    "fa": r"خودکشی|بکش|مرگ|مرد|خشونت|کتک|آزار|امن|بچه|کودک|پسر|دختر|\bتب\b|نفس",
    "ur": r"خودکشی|مرن|موت|\bمار|تشدد|پیٹ|محفوظ|بچ[ہیےّو]|بیٹ|بخار|سانس",
    "ko": r"자살|죽|살인|폭력|학대|때리|안전|아이|자녀|아들|딸|열이|호흡",
    "vi": r"tự tử|giết|chết|bạo lực|bạo hành|đánh đập|an toàn|trẻ|đứa con|con trai|con gái|sốt|thở",
    "zh": r"自杀|杀|死|暴力|虐待|打人|安全|孩子|儿童|儿子|女儿|发烧|呼吸",
    "hi": r"आत्महत्या|\bमार|\bमर|मौत|हिंसा|पीट|सुरक्षित|बच्च|बेट|बुखार|सांस",
    "ne": r"आत्महत्या|\bमर्|मृत्यु|हिंसा|कुट|सुरक्षित|बच्चा|छोर[ाी]|नानी|ज्वरो|\bसास",
    "bn": r"আত্মহত্যা|মৃত্যু|মারধর|সহিংস|নির্যাতন|নিরাপদ|শিশু|বাচ্চা|ছেলে|মেয়ে|জ্বর|শ্বাস",
    "am": r"ራስን ማጥፋት|ሞት|ጥቃት|ድብደባ|ደህንነት|ልጅ|ህፃን|ትኩሳት|መተንፈስ",
}


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("key", [*TEXTED, "staff.alert", "staff.alert_no_answer"])
def test_no_text_names_a_child_a_symptom_or_what_was_said(key: str, tag: str) -> None:
    """DESIGN 6, C11: other people may see the telephone."""
    assert not re.search(SECRETS[tag], in_language(key, tag).lower())


@pytest.mark.parametrize("tag", LANGUAGES)
def test_an_answer_to_violence_cannot_be_told_from_an_ordinary_one(tag: str) -> None:
    """C11."""
    ordinary = CATALOGS.texts[tag][ReplyKey.RECEIVED_NO_TIME]
    assert CATALOGS.texts[tag][ReplyKey.VIOLENCE] == ordinary


@pytest.mark.parametrize(
    ("key", "words"),
    [
        pytest.param(
            "safety.call_emergency",
            "Call 911 now. It is free and works without minutes. Say your language. "
            "Nurse, any hour: 312-555-0100. Not in the US? Call the local emergency number.",
            id="C12",
        ),
        pytest.param(
            "safety.in_care",
            "Stay with the medical team. If nobody is helping you, call 911.",
            id="C9",
        ),
        pytest.param("safety.comfort_plan", "Call 312-555-0177, the number of your plan", id="C10"),
        pytest.param("voice.emergency", "In an emergency hang up and call 911", id="C17"),
        pytest.param("auto.staff_note", "Not sent to the family.", id="C19"),
    ],
)
def test_the_rules_words_are_kept_letter_by_letter_c9_c10_c12_c17_c19(key: str, words: str) -> None:
    assert in_language(key, "en").startswith(words)


def test_nils_reads_at_once_that_the_family_got_no_answer() -> None:
    """C13."""
    assert "FAMILY GOT NO ANSWER: CALL" in in_language("staff.alert_no_answer", "en")


@pytest.mark.parametrize("key", ["staff.alert", "staff.alert_no_answer"])
def test_a_staff_alert_says_where_to_sign_in_and_nothing_else(key: str) -> None:
    text = in_language(key, "en")
    assert placeholders(CATALOGS.texts["en"][key]) == {"clinic", "link", "word"}
    assert text.endswith("To take it, reply MAPLE or sign in: https://kinline.maple.example/")
    assert segments(text).count <= 2


def test_rosa_learns_what_stop_means_and_how_to_undo_it() -> None:
    """FACTS B: after STOP not even a safety text arrives."""
    text = in_language("consent.opted_out", "en")
    for word in ("no more texts", "Maple Complex Care", "911", "312-555-0100", "START"):
        assert word in text


def test_a_parent_who_texts_help_sees_the_emergency_number_first() -> None:
    for tag in LANGUAGES:
        text = in_language("consent.help", tag)
        assert text.index("911") < text.index("Maple Complex Care") < text.index("STOP")


@pytest.mark.parametrize("key", TEXTED)
def test_english_reads_at_the_age_of_eleven(key: str) -> None:
    """FACTS G: one idea a sentence, short words."""
    text = in_language(key, "en").replace("Maple Complex Care", "Maple")
    for sentence in re.split(r"[.?!:;] ", text):
        words = re.findall(r"[A-Za-z']+", sentence)
        assert len(words) <= 14, sentence
        assert all(len(word) <= 10 for word in words), sentence


def test_a_telephone_number_falls_apart_in_arabic_without_its_marks() -> None:
    """The reason for the marks: digits after Arabic letters are drawn group by group."""
    assert "0100-555-312" in as_drawn("الممرضة: 312-555-0100. نعم")
    assert "312-555-0100" in as_drawn("الممرضة: \u200e312-555-0100\u200e. نعم")


@pytest.mark.parametrize("key", [*TEXTED, "staff.alert", "staff.alert_no_answer"])
@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if direction(tag) == "rtl"])
def test_numbers_and_links_are_drawn_in_one_piece_from_right_to_left(key: str, tag: str) -> None:
    text = in_language(key, tag)
    shown = ["911", "988", "312-555-0100", "312-555-0177", "https://kinline.maple.example/"]
    drawn = as_drawn(text)
    for value in shown:
        assert (value in text) == (value in drawn)
    assert "\u200e" not in in_language(key, "en")


@pytest.mark.parametrize("tag", [tag for tag in LANGUAGES if direction(tag) == "rtl"])
@pytest.mark.parametrize("key", [*TEXTED, "staff.alert", "staff.alert_no_answer"])
def test_a_text_from_right_to_left_begins_with_its_own_letters(key: str, tag: str) -> None:
    """Telephones choose the side of a text by its first letter."""
    assert as_drawn(in_language(key, tag))[-1] == in_language(key, tag)[0]
