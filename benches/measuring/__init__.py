"""What `benches/estate` measures with, one subject a file. Python's standard library is enough."""
