"""The demonstration: five partnerships of invented people, made through the same services that real work goes through.

`places/` says who works there, `stories/` what families live through and what is written about them, `names.toml`
what people are called. `families` makes households from a seed, `walk` takes each along the path, `build` does it all
in order of time.
"""
