"""What Zhijian costs, measured beside its parts and beside others that do the same work: ``python -m benchmarks``."""
