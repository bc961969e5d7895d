"""Canvas, palette, sheets and what moves over them."""
