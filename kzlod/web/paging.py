"""Page numbers in addresses."""

from fastapi import Request

from kzlod.web.problems import Problem


def page_number(request: Request, name: str) -> int:
    """A page number from the address, 1 when absent; Problem 404 when it is no such number."""
    text = request.query_params.get(name, "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) > 0):
        raise Problem.of(404, "page_number", {"name": name})
    return int(text)
