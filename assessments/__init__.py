"""Early Help Assessments, from draft to approval."""
