"""Closed sets in words that are about alerts; those of all other pages stand in `words.py`."""

from collections.abc import Mapping

from admin.fixed_words import N_

OF_ALERTS: Mapping[str, Mapping[str, str]] = {
    "way": {
        "sms": N_("text"),
        "call": N_("call"),
        "email": N_("e-mail"),
        "service": N_("service"),
        "push": N_("push"),
    },
    "way_does": {
        "call": N_("rings and asks to press 1"),
        "email": N_("beside the text; an answer to it takes nothing"),
        "service": N_("rooms and pagers that the clinic's file names, such as Slack or PagerDuty"),
        "push": N_("to the browsers in which somebody has switched it on"),
    },
    "try": {
        "sms": N_("Text me"),
        "call": N_("Call me"),
        "email": N_("Write me an e-mail"),
        "push": N_("Push to my browsers"),
        "service": N_("Tell the service"),
    },
    "unused": {
        "call": N_("The clinic does not use calls for alerts yet (Playbook, Duty)."),
        "email": N_("The clinic does not use e-mail for alerts yet (Playbook, Duty)."),
        "push": N_("The clinic does not use push for alerts yet (Playbook, Duty)."),
    },
    "became": {
        "waiting": N_("waits to be sent"),
        "on_its_way": N_("on its way"),
        "sent": N_("sent"),
        "delivered": N_("delivered"),
        "picked_up": N_("picked up"),
        "nobody_picked_up": N_("nobody picked up"),
        "failed": N_("failed"),
        "too_late": N_("not sent: too old"),
        "not_certain": N_("not certain whether it was sent"),
    },
    "reach": {
        "browser": N_("Pushes of this browser go through a service that Kinline does not know."),
        "soon": N_("You have just tried this. Wait half a minute."),
        "way": N_("This way is not there to be tried."),
    },
    "pushed": {
        "emergency": N_("Emergency"),
        "urgent": N_("Urgent"),
        "test": N_("Test: pushes arrive here"),
        "waits": N_("Nobody has taken it. Open it to read and take it."),
        "tested": N_("There is nothing to do."),
    },
    "group": {
        "owner": N_("the family's coordinator, or who covers"),
        "backup": N_("the coordinator's backup"),
        "nurses": N_("all nurses"),
        "supervisors": N_("all supervisors"),
        "first": N_("the first on call"),
        "second": N_("the second on call"),
        "list": N_("everybody on call"),
        "staff": N_("all staff"),
    },
    "part": {
        "day": N_("While the office is open"),
        "night": N_("While the office is closed"),
    },
    "flaw": {
        "minutes": N_("Write a number of minutes, such as 5."),
        "empty": N_("There must be one step at least."),
        "too_many": N_("This is one step too many: eight at most."),
        "nobody": N_("Choose somebody."),
        "not_at_once": N_("The first step is at 0: somebody is told of a danger at once."),
        "order": N_("This must be later than the step before."),
        "late_after": N_("Too late: in an emergency everybody is told within 15 minutes."),
        "late_urgent": N_("Too late: of what is urgent everybody is told within 75 minutes."),
        "not_everybody": N_(
            "Nobody may be left out: choose all staff, or everybody on call and all nurses, "
            "at this step or an earlier one."
        ),
    },
    "tested": {
        "person": N_(
            "TEST from Kinline: alerts of %(clinic)s reach you this way. There is nothing to do."
        ),
        "service": N_("TEST from Kinline: alerts reach this place. There is nothing to do."),
    },
}
