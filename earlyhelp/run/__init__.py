"""`make run`: servers, web, worker and beat under one short supervisor (OPS-1)."""
