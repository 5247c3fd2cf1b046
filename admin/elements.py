"""One page that shows every element of the staff pages as they are made today."""

import re
from functools import lru_cache

from fastapi import APIRouter, Request
from fastapi.responses import Response

from admin.desk import STATIC_FOLDER, Me, render
from routing.types import Urgency

router = APIRouter()


@router.get("/elements")
def elements_page(request: Request, me: Me) -> Response:  # noqa: ARG001  signed-in people only
    """Show colours, type, levels, banners, fields and lists, in this browser's light or dark."""
    return render(request, "elements.html", colours=colours(), urgencies=list(reversed(Urgency)))


@lru_cache
def colours() -> tuple[str, ...]:
    """List the names of the colours that the pages are made of, in the order of their sheet."""
    sheet = (STATIC_FOLDER / "css" / "tokens.css").read_text(encoding="utf-8")
    first = sheet[: sheet.index("}")]
    return tuple(re.findall(r"--([a-z-]+): #", first))
