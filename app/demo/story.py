"""What happened at the trial clinic in the week before somebody opened it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ROSA, ELENA, DENISE, LAYLA = "+13125550131", "+13125550132", "+13125550133", "+13125550134"
LINH, GRACE, PAWEL, JORGE = "+13125550135", "+13125550136", "+13125550137", "+13125550138"
MEI, MINHO, LIZA, MARIE = "+13125550139", "+13125550140", "+13125550141", "+13125550142"
KATE, DECLAN, STRANGER = "+13125550143", "+13125550144", "+13125550199"
ANA, NILS = "Ana", "Nils"

# One fixed week: ages, closures and pictures of the trial are the same on every day.
FIRST_DAY = date(2026, 11, 11)  # a Wednesday
BEGINS_AT = time(8, 0)
OPENS_AT = (7, time(10, 40))  # when the visitor comes in: a week later, in office hours


@dataclass(frozen=True, slots=True)
class Told:
    """A family texted, and perhaps a person answered after some minutes, and perhaps closed it.

    `day` counts from `FIRST_DAY`, `at` is local. Without an `answer` an `outcome` alone closes.
    """

    day: int
    at: str
    sender: str
    text: str
    answer: str = ""
    outcome: str = ""
    by: str = ANA
    after: int = 12

    def moment(self, timezone: str) -> datetime:
        """Give the moment of the text."""
        hour, _, minute = self.at.partition(":")
        return moment(self.day, time(int(hour), int(minute)), timezone)


def moment(day: int, at: time, timezone: str) -> datetime:
    """Give a moment of the story."""
    return datetime.combine(FIRST_DAY + timedelta(days=day), at, ZoneInfo(timezone))


STORY: Sequence[Told] = (
    Told(0, "09:05", DENISE, "Hi, can we get a refill of Mias ondansetron? The pharmacy is CVS",
         "Sent to CVS just now, ready after 3 pm.", "answered"),
    Told(0, "11:20", JORGE, "El lunes tenemos cita con neumologia, necesitamos transporte",
         "Hola Jorge, el transporte llega a las 8:15 el lunes.", "answered", after=25),
    Told(0, "20:48", GRACE, "What time is the feeding clinic on Friday? I lost the letter"),
    Told(1, "08:41", GRACE, "Never mind, found it. 9:30", "Good! See you Friday.", "answered"),
    Told(1, "10:05", ROSA, "Buenos dias, nos puede pedir mas formula para Luis por favor",
         "Buenos días Rosa. Llega mañana a su casa antes de las 4.", "answered"),
    Told(1, "14:02", PAWEL, "Zofia starts the new pump tomorrow, does school have the plan?",
         "Yes, the school nurse has it since Monday.", "answered", after=40),
    Told(2, "02:17", MINHO, "지수가 10분 넘게 경련하고 있어요",
         "간호사 Nils입니다. 911에 전화하셨나요? 지금 바로 전화드릴게요.", "emergency_care",
         by=NILS, after=3),
    Told(2, "09:15", MEI, "明天几点换中心静脉导管的敷料?",
         "Hello Mei, come at 11, a nurse will change it.", "answered", by=NILS),
    Told(2, "15:20", LIZA, "Pwede po bang ilipat ang appointment ni Gabriel sa Martes?",
         "Done: Tuesday at 10:00.", "answered", by=NILS),
    Told(3, "11:32", ELENA, "Rosa esta de viaje, yo cuido a Luis este fin de semana"),
    Told(4, "19:05", KATE, "Finn threw up his feed twice today but is happy and playing"),
    Told(5, "08:45", KATE, "He kept the morning feed down",
         "Glad to hear. Go on with half the rate until noon, as in his plan.", "answered"),
    Told(5, "09:02", ELENA, "Luis durmio bien", "Gracias Elena.", "not_needed"),
    Told(5, "13:40", MARIE, "Bonjou, mwen bezwen yon lèt pou lekòl Widline tanpri",
         "Hello Marie, the letter is ready at the front desk after 3 pm.", "answered", by=NILS),
    Told(6, "10:10", DENISE, "insurance denied the home nursing hours, what do we do now?",
         "I am calling them today and will text you what they say."),
    Told(6, "16:20", PAWEL, "The school wants the emergency form for Tomek again. Do you have it?"),
    Told(6, "17:45", GRACE, "Need more feeding bags and extension sets please, we have 2 left"),
    Told(7, "06:30", STRANGER, "hola soy la abuela, cual es el telefono de la enfermera?"),
    Told(7, "08:50", LINH, "Bé cần hẹn lại lịch khám tim mạch tuần tới được không?"),
    Told(7, "09:12", DECLAN, "Kate says thanks. Can I pick up the formula today instead of her?"),
    Told(7, "09:35", LAYLA, "متى موعد سامي القادم؟"),
    Told(7, "09:58", ELENA, "Luis tiene fiebre de 38.4 desde anoche y mas flemas"),
    Told(7, "10:15", JORGE, "He needs suction more than usual since this morning"),
    Told(7, "10:33", GRACE, "Ada's g tube came out about 20 minutes ago"),
)  # fmt: skip
