"""What the product tells people: an inbox in its pages, and an e-mail that says how much waits there."""
