"""Reads for the pages of a draft."""
