"""Error pages."""
def csrf_failure(request, reason=""): raise NotImplementedError
