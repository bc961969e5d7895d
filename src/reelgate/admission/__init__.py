"""From a parsed call to a written task, once."""
