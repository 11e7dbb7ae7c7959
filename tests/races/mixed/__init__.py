"""Acts of all subjects at once: who does them (hands), which (evaluation, drafting, subjects, registers), and what came of them."""
