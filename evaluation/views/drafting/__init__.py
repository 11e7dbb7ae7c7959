"""Pages of a draft, of its 印发 and of the 修订 of a scheme in force."""
