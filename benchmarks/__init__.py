"""Measurements of what the product promises: `make bench`, or `python -m benchmarks NAME` for one of them."""
