"""Every shape accepts a valid example, and every constraint catches a broken one."""

import re
from itertools import islice

import by_hand
import pytest
from rdflib import RDF, RDFS, SH, Graph, Literal, URIRef

