"""Next year's scheme as a draft: one function per act, each with the scheme's row locked."""
