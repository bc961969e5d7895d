"""Opens untrusted pictures, clips and sounds, and converts them to what a viewer is meant to see."""
