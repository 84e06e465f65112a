"""`python -m kzlod` is the same as `kzlod`."""

from kzlod.cli import main

if __name__ == "__main__":
    main()
