"""Who may call, for which models, and how often."""
