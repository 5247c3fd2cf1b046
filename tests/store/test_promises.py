"""A promise on its way through the database: warned before it breaks, renewed once (C2)."""

from routing.events import ActionKind
from routing.types import DeliveryState, ReplyKey
from store import tables
from store.db import AnyRow
from tests.store.clinic import Clinic


def _promises(maple: Clinic) -> list[AnyRow]:
    return maple.rows(tables.promises)


def _purposes(maple: Clinic) -> list[str]:
    return [row.purpose for row in maple.rows(tables.deliveries)]


def test_the_owner_is_warned_and_the_family_gets_one_new_time(maple: Clinic) -> None:
    maple.text("necesito la carta de la escuela")
    maple.act(ActionKind.OPENED, maple.episode().id, maple.ana, seen=10)  # else it rises (C3)
    (first,) = _promises(maple)
    maple.later(seconds=(first.due_at - maple.now).total_seconds() - 29 * 60)
    maple.wake()
    assert _purposes(maple).count(ReplyKey.STAFF_PROMISE) == 1
    maple.wake()
    assert _purposes(maple).count(ReplyKey.STAFF_PROMISE) == 1, "once, whoever looks"

    maple.later(minutes=29)
    maple.wake()
    broken, renewed = _promises(maple)
    assert (broken.state, renewed.state) == ("broken", "open")
    assert renewed.due_at > broken.due_at
    assert _purposes(maple).count(ReplyKey.NEW_TIME) == 1
    for number, sent in enumerate(maple.claim()):
        maple.attempt(sent, DeliveryState.SENT, provider_id=f"SM{number}")

    maple.later(seconds=(renewed.due_at - maple.now).total_seconds())
    maple.wake()
    assert [row.state for row in _promises(maple)] == ["broken", "broken"]
    assert _purposes(maple).count(ReplyKey.NEW_TIME) == 1, "one honest new time, not a habit"
