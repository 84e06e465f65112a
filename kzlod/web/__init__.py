"""HTTP: content negotiation, the SPARQL endpoint, documents and pages."""
