"""Doors: whoever may act may see, whoever sees an act can do it, and no state is without a door that is not meant to be."""
