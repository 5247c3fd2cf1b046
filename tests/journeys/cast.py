"""Who plays: six clinics, their staff, and families enough that no two stories share one."""

from tests.journeys.clinics import NEVER, OFFICE_HOURS, Clinic, Household, households

# Closed at eleven at night; `own` means that Kinline answers STOP, START and HELP by itself.
MAPLE = Clinic(
    key="maple",
    name="Maple Complex Care",
    number="+13125550111",
    on_call_phone="+13125550100",
    ana="+13125550121",
    nils="+13125550122",
    hours=OFFICE_HOURS,
    households=(
        *households("13125552000", 20, name="Garcia"),
        *households("13125552100", 20, name="Lopez", language="es", flags=("trach",)),
    ),
)
# Open, for it is three in the afternoon there.
REEF = Clinic(
    key="reef",
    name="Reef Complex Care",
    number="+16715550111",
    on_call_phone="+16715550100",
    ana="+16715550121",
    nils="+16715550122",
    hours=OFFICE_HOURS,
    timezone="Pacific/Guam",
    opt_out="own",
    households=(
        *households("16715552000", 40, name="Cruz"),
        *households("16715552100", 20, name="Perez", language="es"),
    ),
)
SHADOW = Clinic(
    key="willow",
    name="Willow Complex Care",
    number="+12025550111",
    on_call_phone="+12025550100",
    ana="+12025550121",
    nils="+12025550122",
    automation="shadow",
    households=households("12025552000", 10, name="Reed"),
)
OFF = Clinic(
    key="birch",
    name="Birch Complex Care",
    number="+12125550111",
    on_call_phone="+12125550100",
    ana="+12125550121",
    nils="+12125550122",
    automation="off",
    hours=NEVER,
    households=households("12125552000", 10, name="Stone"),
)
# Always open, also for those in a hurry; every child has two who write.
RACERS = Clinic(
    key="cedar",
    name="Cedar Complex Care",
    number="+17735550111",
    on_call_phone="+17735550100",
    ana="+17735550121",
    nils="+17735550122",
    households=tuple(
        Household(
            f"nguyen-{number}",
            f"Nguyen {number}",
            (
                ("Rosa", "en", f"+1773555{2000 + number}"),
                ("Tomas", "en", f"+1773555{3000 + number}"),
            ),
        )
        for number in range(50)
    ),
)
# Closed at night as well, and its telephones ring.
RINGING = Clinic(
    key="alder",
    name="Alder Complex Care",
    number="+13145550111",
    on_call_phone="+13145550100",
    ana="+13145550121",
    nils="+13145550122",
    hours=OFFICE_HOURS,
    alert_channels=("call",),
    interpreters="+13145550102",
    households=households("13145552000", 20, name="Diaz", language="es"),
)
CLINICS = (MAPLE, REEF, SHADOW, OFF, RACERS, RINGING)
