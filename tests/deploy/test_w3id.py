"""The redirects of the persistent identifiers, by a real Apache."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.export.conftest import free_port, until_it_answers

pytestmark = pytest.mark.debian

FOLDER = Path(__file__).resolve().parents[2] / "deploy" / "w3id" / "kzlod"
HOST = "https://data.example.org"
APACHE = """\
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/error.log
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule rewrite_module {modules}/mod_rewrite.so
LoadModule negotiation_module {modules}/mod_negotiation.so
DocumentRoot {folder}/www
<Directory {folder}/www>
    AllowOverride All
    Require all granted
</Directory>
"""


@pytest.fixture(scope="module")
def w3id(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an Apache that has the folder where w3id.org would have it."""
    apache = shutil.which("apache2", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert apache, "needs the Debian package apache2"
    folder, port = tmp_path_factory.mktemp("apache"), free_port()
    (folder / "www" / "kzlod").mkdir(parents=True)
    shutil.copy(FOLDER / ".htaccess", folder / "www" / "kzlod")
    folder.chmod(0o755)
    for one in (folder, *folder.parents):
        if one.is_relative_to("/tmp") and one != Path("/tmp") and os.geteuid() == 0:
            one.chmod(one.stat().st_mode | 0o055)  # Apache's children are another user's
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    text = APACHE.format(folder=folder, port=port, user=user, modules="/usr/lib/apache2/modules")
    (folder / "apache.conf").write_text(text)
    command = [apache, "-f", str(folder / "apache.conf"), "-DFOREGROUND"]
    with subprocess.Popen(command) as process:
        try:
            until_it_answers(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}/kzlod/"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


KAZAKH = quote("қылмыстық-кодекс")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 302),
        ("id/treaty/FRA-KAZ-extradition", 303),
        ("id/treaty/X?lang=ru", 303),
        ("id", 303),
        (f"id/act/KAZ/{KAZAKH}", 303),
        ("concept/rule-kind/condition", 303),
        ("ontology", 303),
        ("shapes", 303),
        ("doc/treaty/X.ttl", 302),
        ("releases/0.1.0-ab12cd34/doc/treaty/X", 302),
        ("dumps/0.1.0-ab12cd34/kzlod.nq.gz", 302),
        ("catalog", 302),
        (".well-known/void", 302),
        ("sparql?query=ASK%20%7B%7D&format=json", 307),
        ("identity", 302),
        ("%3Cscript%3E", 302),
    ],
)
def test_where_names_lead(w3id: str, path: str, status: int) -> None:
    answer = httpx.get(w3id + path)
    assert answer.status_code == status
    assert answer.headers["location"].lower() == f"{HOST}/{path}".lower()  # escapes may be of either case


def test_a_query_that_is_posted_stays_one(w3id: str) -> None:
    assert httpx.post(f"{w3id}sparql", data={"query": "ASK {}"}).status_code == 307


def test_the_host_stands_in_one_place() -> None:
    text = (FOLDER / ".htaccess").read_text()
    assert text.count("data.example.org") == 1
    assert "Contact" in (FOLDER / "README.md").read_text()
