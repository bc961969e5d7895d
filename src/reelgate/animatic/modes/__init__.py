"""One module for each way to make a clip: film, still, morph, edit, extend, references."""
