"""Query engines: from a SPARQL query to a stream of bytes. Nothing here knows of HTTP."""
