"""Making releases: entailment, dumps, catalogue, store, and publishing them in one step."""
