"""Strangers' pictures, clips and sounds: how they are opened, and how they are meant to be seen."""
