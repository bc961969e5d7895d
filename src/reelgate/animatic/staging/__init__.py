"""Who stands where, does what, and how the camera sees it."""
