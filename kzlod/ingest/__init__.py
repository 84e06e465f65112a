"""Reading source documents: from the text of a profile to records that become Turtle."""
