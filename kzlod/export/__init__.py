"""The site of a release as files that a web server can give by itself."""
