"""What must hold in each layer. A program of its own: `python -m expectations LAYER… --database FILE --as-of DATE`."""
