"""Content negotiation as tables of nginx: what `kzlod.web.negotiation` decides, by regular expressions.

For each media type a table gives its rank, four digits of weight and one of how specifically it was named;
the best is found by comparing two after two. Languages likewise.
"""

from collections.abc import Mapping, Sequence

from kzlod.web.examples import ALIASES as RESULT_ALIASES
from kzlod.web.examples import FORMATS as RESULTS
from kzlod.web.i18n import LANGUAGES
from kzlod.web.rdf import ALIASES, FORMATS

_PARAMETER = r'(?:\s*;\s*(?!q\s*=)[^;,=\s"]+(?:=(?:"[^"]*"|[^;,"]*))?)'
_START, _END = r"(?:^|,)\s*", r"\s*(?:,|$)"
_ANY_RANGE = r"(?:^|,)\s*(?:[^/\s,;]+/[^/\s,;]+|\*)\s*(?:;|,|$)"
_HINT = 3  # the specificity of a type with a parameter of its own
_NEVER, _ALWAYS = "00000", "10001"

_ZERO = r"(?:0+\.?0*|\.0+|-[^,;]*)"
# How a weight is written, and the four digits that it becomes.
_WEIGHTS = (
    (_ZERO, "0000"),
    (r"[1-9]\d*(?:\.\d*)?", "1000"),
    (r"0*\.(\d\d\d)\d*", "0$1"),
    (r"0*\.(\d\d)", "0$10"),
    (r"0*\.(\d)", "0$100"),
)


def tables() -> str:
    """All tables: `$kzlod_form`, `_home`, `_list`, `_releases`, `_result`, `_problem`, `_lang` …."""
    types = {form.suffix[1:]: form.media_type for form in FORMATS}
    aliases = {name.partition("/")[2].replace("-", "_").replace("+", "_"): name for name in ALIASES}
    problem = {"problem": "application/problem+json"}
    results = {f"result_{suffix}": media_type for suffix, media_type in RESULTS.items()}
    others = {f"result_other_{number}": alias for number, alias in enumerate(RESULT_ALIASES)}
    everything = {**types, **aliases, **problem, **results, **others}
    first = ("html", "problem")  # what is given to those who say nothing
    by_type = {form.media_type: form.suffix[1:] for form in FORMATS}
    suffixes = {media_type: suffix for suffix, media_type in RESULTS.items()}
    results_meant = dict(zip(results, RESULTS, strict=True))
    results_meant |= {name: suffixes[RESULT_ALIASES[alias]] for name, alias in others.items()}
    meant = {name: by_type[ALIASES[alias]] for name, alias in aliases.items()}
    return "\n".join(
        [
            *(_ranks(name, media_type, otherwise=name in first) for name, media_type in everything.items()),
            _best("form", [*types, *aliases], meant),
            _best("home", list(types), {}),
            _best("list", ["html", "json", *list(types)[1:]], {}),
            _best("releases", ["html", "json"], {}),
            _best("result", ["html", *results, *others], results_meant),
            _best("problem", ["problem", "json", "html"], {"problem": "json"}),
            _languages(),
        ]
    )


def _ranks(name: str, media_type: str, *, otherwise: bool) -> str:
    kind, _, subtype = media_type.partition("/")
    literal = subtype.replace("+", r"\+").replace(".", r"\.")
    lines = [f"map $http_accept $kzlod_r_{name} {{", f"    default {_NEVER};"]
    if otherwise:
        lines += [f'    "" {_ALWAYS};', f'    "~*^(?!.*{_quoted(_ANY_RANGE)})" {_ALWAYS};']
    ranges = (
        (f"{kind}/{literal}", "", 4),
        (f"{kind}/{literal}", _PARAMETER + "+", _HINT),
        (rf"{kind}/\*", _PARAMETER + "*", 2),
        (r"\*(?:/\*)?", _PARAMETER + "*", 1),
    )
    for media_range, parameters, specificity in ranges:
        before = _START + media_range + parameters
        if specificity == _HINT:  # it never makes the type unacceptable
            before += rf"(?!\s*;\s*q\s*=\s*{_ZERO}\s*(?:[;,]|$))"
        for weight, digits in _WEIGHTS:
            value = _NEVER if digits == "0000" else f"{digits}{specificity}"
            lines.append(f'    "~*{_quoted(before)}\\s*;\\s*q\\s*=\\s*(?:{weight})\\s*(?:[;,]|$)" "{value}";')
        lines.append(f'    "~*{_quoted(before)}\\s*(?:;\\s*q\\s*=[^,]*)?{_END}" "1000{specificity}";')
    return "\n".join([*lines, "}"])


def _best(name: str, offers: Sequence[str], meant: Mapping[str, str]) -> str:
    """The offer of the highest rank, the first of them: `none` when none is acceptable."""
    so_far = f"$kzlod_r_{offers[0]}:{offers[0]}"
    found = []
    for place, offer in enumerate(offers[1:], 1):
        variable = f"$kzlod_{name}_{place}"
        found.append(_greater(f"{so_far} $kzlod_r_{offer}:{offer}", variable))
        so_far = variable
    lines = [f'map "{so_far}" $kzlod_{name} {{', "    default none;", '    "~^0000" none;']
    lines += [f'    "~:{offer}$" {meant.get(offer, offer)};' for offer in offers]
    return "\n".join([*found, *lines, "}"])


def _greater(two: str, variable: str) -> str:
    """Of two of the form `digits:name`, the second when its digits are higher, else the first."""
    higher = "|".join(rf"{digit}\d*:\w+ (?=\1[{digit + 1}-9])" for digit in range(9))
    return "\n".join(
        [
            f'map "{two}" {variable} {{',
            f'    "~^(\\d*)(?:{higher})(\\d+:\\w+)" "$2";',
            '    "~^(\\S+) " "$1";',
            "}",
        ]
    )


def _languages() -> str:
    """`$kzlod_lang`: `?lang=`, then the cookie, then `Accept-Language`, then the first language."""
    found = []
    for language in LANGUAGES:
        lines = [f"map $http_accept_language $kzlod_q_{language} {{", "    default 0000;"]
        for tag in (rf"{language}(?:-[A-Za-z0-9-]+)?", r"\*"):
            for weight, digits in _WEIGHTS:
                lines.append(
                    f'    "~*{_START}{tag}\\s*;\\s*q\\s*=\\s*(?:{weight})\\s*(?:[;,]|$)" "{digits}";'
                )
            lines.append(f'    "~*{_START}{tag}\\s*(?:;\\s*q\\s*=[^,]*)?{_END}" "1000";')
        found.append("\n".join([*lines, "}"]))
    so_far = f"$kzlod_q_{LANGUAGES[0]}:{LANGUAGES[0]}"
    for place, language in enumerate(LANGUAGES[1:], 1):
        variable = f"$kzlod_language_{place}"
        higher = "|".join(rf"{digit}\d*:\w+ (?=\1[{digit + 1}-9])" for digit in range(9))
        found.append(
            "\n".join(
                [
                    f'map "{so_far} $kzlod_q_{language}:{language}|$http_accept_language" {variable} {{',
                    f'    "~^(\\d*)(?:{higher})(\\d+:\\w+)" "$2";',
                    # Of equal weight: the one that the header names first.
                    '    "~*^(\\d+):(\\w+) \\1:(\\w+)\\|(?:.*?[,\\s])??(\\2|\\3)(?=[-,;\\s]|$)" "$1:$4";',
                    '    "~^(\\S+) " "$1";',
                    "}",
                ]
            )
        )
        so_far = variable
    choices = [f'    "~^{language}$" {language};' for language in LANGUAGES]
    found += [
        "\n".join(
            [
                f'map "{so_far}" $kzlod_lang_asked {{',
                f"    default {LANGUAGES[0]};",
                f'    "~^0000:" {LANGUAGES[0]};',
                *(f'    "~*:{language}$" {language};' for language in LANGUAGES),
                "}",
            ]
        ),
        "\n".join(["map $cookie_lang $kzlod_lang_stored {", "    default $kzlod_lang_asked;", *choices, "}"]),
        "\n".join(["map $arg_lang $kzlod_lang {", "    default $kzlod_lang_stored;", *choices, "}"]),
        "\n".join(
            [
                'map "$arg_lang:$cookie_lang" $kzlod_cookie {',
                '    default "";',
                f'    "~^({"|".join(LANGUAGES)}):\\1$" "";',
                f'    "~^({"|".join(LANGUAGES)}):" '
                '"lang=$1; HttpOnly; Max-Age=31536000; Path=/; SameSite=lax";',
                "}",
            ]
        ),
    ]
    return "\n".join(found)


def _quoted(pattern: str) -> str:
    """A pattern inside of quotation marks of nginx."""
    return pattern.replace('"', '\\"')
