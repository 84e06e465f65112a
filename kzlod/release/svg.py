"""Pictures made by Vega as files that stand by themselves: named, in the pages' colours, light and dark.

A specification uses the colours of `COLOURS` for the light scheme. In the finished picture they are classes
of an internal style sheet that knows the dark scheme, too; the background is what lies behind the picture.
"""

import re
from collections.abc import Mapping
from html import escape

COLOURS: Mapping[str, tuple[str, str]] = {
    "ink": ("#1d2327", "#e6e4de"),
    "quiet": ("#565e63", "#a9b0b2"),
    "line": ("#b3aa97", "#5d676b"),
    "raised": ("#f5f2ea", "#1d2325"),
    "link": ("#0b5565", "#7cc7d6"),
    "accent": ("#8a5a00", "#e7b84b"),
}
"""The colours that a picture may have: in the light scheme and in the dark one."""

FONT = "sans-serif"
_FONTS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PT Sans", "DejaVu Sans", sans-serif'
_CLASS_OF = {light: name for name, (light, _) in COLOURS.items()}
_ROOT = re.compile(r"<svg\b([^>]*)>")
_TAG = re.compile(r"<(?!/)[a-z][^>]*>")
_COLOUR = re.compile(r' (fill|stroke)="(#[0-9a-f]{6})"')
_CLASS = re.compile(r' class="([^"]*)"')
# What Vega writes and no reader needs: the picture as a whole has a role, a name and a description.
_ROLES = re.compile(r' (?:role|aria-roledescription|aria-hidden|font-family|version|xmlns:xlink)="[^"]*"')


def light(name: str) -> str:
    """The colour of that name as a specification writes it; KeyError when there is none."""
    return COLOURS[name][0]


def finish(svg: str, title: str, description: str, language: str) -> str:
    """The picture with its name, description, language and colours; the same bytes for the same picture.

    Raises ValueError when the text is no SVG.
    """
    root = _ROOT.search(svg)
    if root is None:
        raise ValueError("the text has no element <svg>")
    body = _TAG.sub(lambda tag: _coloured(_ROLES.sub("", tag[0])), svg[root.end() :])
    attributes = _CLASS.sub("", _ROLES.sub("", root[1]))
    head = f'<svg{attributes} role="img" lang="{escape(language)}" aria-labelledby="title desc">'
    named = f'<title id="title">{escape(title)}</title><desc id="desc">{escape(description)}</desc>'
    return f"{head}{named}<style>{_style()}</style>{body}\n"


def _coloured(tag: str) -> str:
    """An element whose colours are classes."""
    names = [f"{kind[0]}-{_CLASS_OF[colour]}" for kind, colour in _COLOUR.findall(tag) if colour in _CLASS_OF]
    bare = _CLASS.sub("", tag)
    if not names:
        return bare
    bare = _COLOUR.sub(lambda one: "" if one[2] in _CLASS_OF else one[0], bare)
    name = re.match(r"<[a-zA-Z]+", bare)
    return bare if name is None else f'{name[0]} class="{" ".join(names)}"{bare[name.end() :]}'


def _style() -> str:
    """The style sheet: each colour as fill (f-) and as stroke (s-), in both schemes."""

    def rules(scheme: int) -> str:
        return "".join(
            f".f-{name}{{fill:{pair[scheme]}}}.s-{name}{{stroke:{pair[scheme]}}}"
            for name, pair in COLOURS.items()
        )

    dark = f"@media (prefers-color-scheme:dark){{{rules(1)}}}"
    return f"text{{font-family:{_FONTS}}}{rules(0)}{dark}"
