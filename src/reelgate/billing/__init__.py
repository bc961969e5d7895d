"""Money: what a request is quoted and what its video is charged."""
