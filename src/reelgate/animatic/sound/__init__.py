"""What is heard: sources, their context, the mix, and which track a clip gets."""
