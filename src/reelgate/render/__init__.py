"""Render processes, and what engines share there: the encoder, clips and pictures as planes."""
