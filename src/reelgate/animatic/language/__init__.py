"""What a prompt asks for: words, shots, and the storyboard that they make."""
