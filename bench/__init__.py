"""Benchmarks: commands of their own that print ratios against named peers measured in the same run."""
