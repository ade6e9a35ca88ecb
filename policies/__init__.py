"""The law: one bundle per state, the treaty layer, and the engine that asks them."""
