"""Many orders from one file, each made and paid for once, however often the program that places them is stopped."""
