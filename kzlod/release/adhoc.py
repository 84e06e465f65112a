"""Any N-Quads file as something that can be served: a store and a manifest, without release checks."""

import hashlib
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kzlod.namespaces import BASE
from kzlod.release.index import FILE as INDEX
from kzlod.release.index import write_index
from kzlod.release.published import Release
from kzlod.release.store import load_file


def open_file(file: Path, folder: Path) -> Release:
    """Loads the file as it is, default graph as written, into `folder`; InputError when it cannot be read."""
    store_path = folder / "store"
    quads = load_file(file, store_path)
    write_index(store_path, folder / INDEX, union=False)
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    store = ox.Store.read_only(str(store_path))
    graphs = [
        {
            "iri": graph.value,
            "name": graph.value,
            "label": graph.value,
            "triples": sum(1 for _ in store.quads_for_pattern(None, None, None, graph)),
        }
        for graph in store.named_graphs()
        if isinstance(graph, ox.NamedNode)
    ]
    manifest: dict[str, Any] = {
        "kind": "data",
        "release": f"data-{digest[:8]}",
        "version": "",
        "date": "",
        "base": BASE,
        "title": {"en": file.name},
        "triples": sum(1 for _ in store.quads_for_pattern(None, None, None, ox.DefaultGraph())),
        "quads": quads,
        "entities": 0,
        "graphs": sorted(graphs, key=lambda graph: str(graph["iri"])),
        "classes": [],
        "properties": [],
        "dumps": [],
        "queries": [],
    }
    return Release(folder, manifest)
