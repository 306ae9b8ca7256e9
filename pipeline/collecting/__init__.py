"""How bytes come in besides a plain call: files that people hand in, what is declared of them, answers of one run."""
