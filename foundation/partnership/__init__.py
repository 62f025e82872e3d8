"""How one partnership has set itself up: its words and limits, its pathway policy, and the presets they start from."""
