"""The portal's own figures: a million orders loaded, then every page and job timed beside its aim.

`make bench` runs `python -m benchmarks`; docs/benchmarks.md says how to read what it prints.
"""
