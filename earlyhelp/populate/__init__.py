"""Bulk data at the size of a country, for benchmarks: invented families by COPY, past services and triggers alike.

`country` makes partnerships, agencies and workers; `families` everything of a case; `trail` the two logs and their
chain; `tables` says what is written of each table. `scaffolding` takes checks and indexes down and puts them up again,
`pipeline` writes while the next rows are made, and `build` leads it all.
"""
