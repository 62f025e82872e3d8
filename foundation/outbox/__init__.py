"""What must reach the outside, written in the same transaction, carried by Celery."""
