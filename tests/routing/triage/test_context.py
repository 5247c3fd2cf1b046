"""Whether a danger is said of now: mentioned, long over, far ahead, or still there (C4)."""

import pytest

from app.engine import packaged_engine
from routing.types import Note, Urgency


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("the helmet for seizures is too small", "the helmet fell off in a seizure just now"),
        ("is the form about seizures due", "seizure again, and the form is gone"),
        ("quiero cita para las convulsiones", "convulsiones otra vez y no hay cita"),
        ("send the emergency contact form", "this is an emergency, now. send the form"),
    ],
)
def test_an_illness_only_named_beside_an_everyday_matter_is_read_today(
    named: str, told: str
) -> None:
    """C4."""
    engine = packaged_engine()
    assert engine.assess(Note(named)).urgency <= Urgency.SOON
    assert engine.assess(Note(told)).urgency >= Urgency.URGENT


@pytest.mark.parametrize(
    ("mentioned", "told"),
    [
        ("which box on the form for anaphylaxis in the family", "anaphylaxis on the bus"),
        ("¿el formulario pregunta por anafilaxia en la familia?", "anafilaxia en la escuela"),
        ("le formulaire demande anaphylaxie oui ou non", "anaphylaxie, on a piqué"),
        ("insurance wants the code for cardiac arrest", "cardiac arrest at the clinic"),
        ("his nose was bleeding ketchup at the school play haha", "his nose is bleeding at school"),
        ("the bill says emergency visit, we were not there", "this is an emergency"),
    ],
)
def test_a_word_of_danger_in_passing_is_read_today_and_one_that_is_told_rings(
    mentioned: str, told: str
) -> None:
    """C4: docs/decisions/0020."""
    engine = packaged_engine()
    assert engine.assess(Note(mentioned)).urgency <= Urgency.SOON
    assert engine.assess(Note(told)).urgency >= Urgency.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "haha he is blue again, can you resend the form",
        "lol she is not breathing right, cancel the appointment",
        "jaja no despierta, cancelen la cita",
        "the vent keeps alarming lol, no appointment needed",
        "I want to die haha, sign the form",
        "he swallowed a battery and is drooling lol, do I need an appointment",
        "bleeding from the mouth for ten minutes haha, is the clinic open",
    ],
)
def test_who_laughs_over_a_danger_that_is_told_is_heard_all_the_same(text: str) -> None:
    """C4: docs/decisions/0020."""
    assert packaged_engine().assess(Note(text)).urgency >= Urgency.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "baby swallowed a button battery 3 days ago",
        "she swallowed a magnet last week",
        "his g tube came out 2 days ago",
        "dog bit her face the other day",
        "tragó una pila la semana pasada",
        "engoliu uma pilha há 3 dias",
        "上周吞了纽扣电池",
        "지난주에 건전지를 삼켰어요",
        "bé nuốt pin cúc áo 3 ngày trước",
        "بلع بطارية الاسبوع الماضي",
        "на прошлой неделе проглотил батарейку",
        "nakalunok ng baterya noong nakaraang linggo",
        "li te vale yon batri semèn pase",
        "toddobaadkii hore batari ayuu liqay",
        "باتری قورت داد ۳ روز پیش",
    ],
)
def test_what_lasts_is_not_over_because_it_began_days_ago(text: str) -> None:
    """C4: only what is said to be over is over; what was swallowed is still inside."""
    engine = packaged_engine()
    assert engine.assess(Note(text)).urgency >= Urgency.URGENT
    assert engine.assess(Note("she swallowed a coin last year")).urgency <= Urgency.SOON


@pytest.mark.parametrize(
    ("later", "now"),
    [
        ("his keppra runs out in 2 weeks, can you refill", "out of keppra for 2 days"),
        ("baclofen for the pump runs out in three weeks", "baclofen ran out 3 days ago"),
        ("se acaba el keppra en 10 días", "se acabó el keppra hace 2 días"),
        ("Депакин заканчивается через 12 дней", "Депакин закончился 2 дня назад"),
        ("o keppra acaba daqui a 10 dias", "o keppra acaba amanhã"),
    ],
)
def test_a_medicine_that_lasts_for_days_is_no_alarm(later: str, now: str) -> None:
    """FACTS E2 row 31."""
    engine = packaged_engine()
    assert engine.assess(Note(later)).urgency <= Urgency.SOON
    assert engine.assess(Note(now)).urgency >= Urgency.URGENT


@pytest.mark.parametrize(
    ("text", "is_over"),
    [
        ("He had a seizure in 2019 and needed the ICU. Please send the records", True),
        ("2019年抽搐住过院，现在很好，想要病历复印件", True),
        ("se quemó en 2017, ya está bien, qué pongo en el formulario", True),
        ("noong 2018 nagkaseizure sya, ok na sya ngayon, kelangan ko po ng medical abstract", True),
        ("seizure at 2015 lasting 7 minutes", False),
        ("11/30/2019 he had a seizure", False),
        ("he has had seizures since 2019 and today 3 of them", False),
        ("trached in 2020, turned blue on the way home and limp", False),
        ("trached last year, turned blue on the way home and limp", False),
    ],
)
def test_a_year_says_that_a_danger_is_long_over_where_it_dates_that_danger(
    text: str, *, is_over: bool
) -> None:
    level = packaged_engine().assess(Note(text)).urgency
    assert (level <= Urgency.SOON) is is_over, level.word


def test_an_everyday_matter_in_another_sentence_leaves_a_danger_as_it_is() -> None:
    """I-08."""
    result = packaged_engine().assess(Note("Seizure. We also need the form for school."))
    assert result.urgency >= Urgency.URGENT


@pytest.mark.parametrize(
    ("aside", "told"),
    [
        ("I read online what to do if his lips go blue",
         "I read online what to do but his lips are blue"),
        ("signs of a low sat for the binder", "satting 80 on 4 liters what if it gets worse"),
        ("he passed out last year", "he passed out like last year"),
        ("leí en internet qué hacer con una convulsión",
         "leí en internet qué hacer pero está convulsionando"),
        ("ela ficou cinza no ano passado", "ela ficou cinza como no ano passado"),
        ("작년에 기절했어요", "작년처럼 기절했어요"),
        ("читала в интернете что делать при судорогах",
         "читала в интернете что делать но у него судороги"),
        ("m li sou entènèt sa pou m fè si l gen kriz",
         "m li sou entènèt sa pou m fè men l ap fè kriz"),
        ("suuxdin buu lahaa sanadkii hore", "suuxdin ayaa haysa sida sanadkii hore"),
        ("in case he swallows a battery, who do I call",
         "in case you are there, he swallowed a battery"),
    ],
)  # fmt: skip
def test_what_may_come_and_what_was_ends_at_a_but(aside: str, told: str) -> None:
    """C4: a comparison dates nothing, and a question behind a danger is about what comes next."""
    engine = packaged_engine()
    assert engine.assess(Note(aside)).urgency <= Urgency.SOON
    assert engine.assess(Note(told)).urgency >= Urgency.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "before he was fine now his lips are blue",
        "she had a seizure in the tub and she is fine otherwise",
        "температуры нет рвота кровью много",
        "никогда такого не было рвота кровью много",
        "ما نام و سخن نار وما عم يقدر يحني رقبته",
        "qandho ma leh bushimaheeda way madoobaadeen",
        "dati okay ngayon kulay ube na labi nya",
        "heard a crack in his leg at therapy, swollen, and we have an appointment tomorrow",
    ],
)
def test_a_no_or_an_all_well_of_something_else_does_not_quiet_the_danger_behind_it(
    text: str,
) -> None:
    """C4: said without a comma, as on a phone."""
    assert packaged_engine().assess(Note(text)).urgency >= Urgency.URGENT


@pytest.mark.parametrize(
    ("over", "now"),
    [
        ("he passed out last month", "since his surgery last month he passes out"),
        ("he turned blue last year and went to the ICU",
         "he had a shunt put in last year and turned blue"),
        ("her nails turned purple last month", "her nails turned purple last month too"),
        ("he turned blue in 2019", "he is turning blue since he was born and today it stays"),
        ("nawalan sya ng malay noong 2019", "simula nung operasyon last month kulay ube labi nya"),
        ("desde 2019 sin convulsiones", "después de la cirugía del mes pasado no despierta"),
    ],
)  # fmt: skip
def test_a_time_that_something_began_or_that_belongs_to_something_else_ends_no_danger(
    over: str, now: str
) -> None:
    """C4."""
    engine = packaged_engine()
    assert engine.assess(Note(over)).urgency <= Urgency.SOON
    assert engine.assess(Note(now)).urgency >= Urgency.URGENT


@pytest.mark.parametrize(
    ("explained", "told"),
    [
        ("choking hazard poster for the class", "we made a poster and she started choking"),
        ("in minecraft he passed out of hunger", "playing minecraft and then he passed out"),
        ("in the movie her doll had a seizure", "we saw a movie and then she had a seizure"),
        ("se desmayó en su videojuego", "estaba en su videojuego y se desmayó"),
        ("в фильме у героя судороги", "смотрели фильм и у нее судороги"),
    ],
)
def test_what_stands_before_an_and_explains_no_danger_behind_it(explained: str, told: str) -> None:
    """C4: "at the zoo, he turned blue" tells of what happened there."""
    engine = packaged_engine()
    assert engine.assess(Note(explained)).urgency <= Urgency.SOON
    assert engine.assess(Note(told)).urgency >= Urgency.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "collapsed in line at the pharmacy",
        "en la clase de natacion no podia respirar",
        "জ্যামে আটকে আছি ও শ্বাস নিচ্ছে না",
        "버튼에서 피가 계속 쏟아져요",
        "hakuna anayejibu simu haamki hata nikimtikisa",
        "بہت دوڑ کے بعد بے ہوش ہو گیا",
        "क्रिकेट खेल्दा बेहोस भयो",
    ],
)
def test_places_where_children_fall_ill_explain_nothing(text: str) -> None:
    """C4."""
    assert packaged_engine().assess(Note(text)).urgency >= Urgency.URGENT


@pytest.mark.parametrize(
    ("few", "other"),
    [
        ("he is only breathing 6 times a minute", "breathing better since 8"),
        ("respira 6 veces por minuto", "respira mejor desde las 8"),
        ("дышит 6 раз в минуту", "дышит лучше с 8"),
        ("一分钟呼吸6次", "呼吸8点开始好多了"),
        ("एक मिनट में 6 बार सांस ले रहा है", "सांस 8 बजे से ठीक है"),
        ("napas 6 kali per menit", "napas lebih baik sejak jam 8"),
    ],
)
def test_few_breaths_a_minute_ring_and_an_hour_beside_the_verb_does_not(
    few: str, other: str
) -> None:
    """FACTS E2 row 1."""
    engine = packaged_engine()
    assert engine.assess(Note(few)).urgency is Urgency.EMERGENCY
    assert engine.assess(Note(other)).urgency <= Urgency.SOON


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("혈압이 185/120 나왔어요", Urgency.EMERGENCY),
        ("ضغطه ١٨٥/١٢٠", Urgency.EMERGENCY),
        ("血压156/98", Urgency.URGENT),
        ("bp isnt 180/120 anymore, 110/70", Urgency.SOON),
        ("bactrim 200/40 refill", Urgency.ROUTINE),
        ("is the new one 180/120 mg", Urgency.SOON),
    ],
)
def test_a_blood_pressure_is_read_in_any_language(text: str, level: Urgency) -> None:
    """A strength of a medicine, a date and a house number are none."""
    assert packaged_engine().assess(Note(text)).urgency is level
