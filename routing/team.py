"""What may become of the staff of a clinic: somebody who can set it up is always left."""

from collections.abc import Collection
from enum import StrEnum


class Refusal(StrEnum):
    """Why a change of who works here is not made; the page says it in a sentence."""

    LAST_ADMIN = "last_admin"
    CHANGED = "changed"  # by somebody else, since the form was opened
    EMAIL_TAKEN = "email_taken"
    PHONE_OF_STAFF = "phone_of_staff"
    PHONE_OF_CLINIC = "phone_of_clinic"
    PHONE_OF_FAMILY = "phone_of_family"
    NO_SUCH_BACKUP = "no_such_backup"
    NOT_FOUND = "not_found"


def leaves_nobody_in_charge(admins: Collection[int], person_id: int, *, stays: bool) -> bool:
    """Tell whether a change would take the last administrator away (PRODUCT: people, roles).

    Args:
        admins: ids of the active administrators who can sign in; an invitation that nobody has
            accepted yet puts nobody in charge.
        person_id: who is changed.
        stays: whether that person is an active administrator afterwards.
    """
    return not stays and person_id in admins and set(admins) == {person_id}
