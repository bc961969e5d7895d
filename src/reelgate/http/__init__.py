"""HTTP: the dispatcher, one `*_routes` module for each family, bodies, answers, the error handler."""
