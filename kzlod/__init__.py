"""Kazakhstan's international criminal-justice cooperation as linked open data."""
