"""Many orders from one file, each made and paid for once, even if the program is stopped and started again."""
