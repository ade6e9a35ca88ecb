"""Beginnings: a state's keys and joining request, the council's word, agreements, bundles."""
