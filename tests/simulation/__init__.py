"""A year of the product in random acts, driven by a seed (docs/decisions/0085): see driver.py."""
