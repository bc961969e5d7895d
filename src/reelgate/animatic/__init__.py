"""The built-in engine: draws a previsualisation of a request on this machine, with no model and no GPU."""
