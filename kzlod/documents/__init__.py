"""Source documents: their texts, the passages that statements cite, and what no citation covers."""
