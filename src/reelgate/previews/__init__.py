"""Previews: what a create would show, cost and be refused for, told and drawn before it is sent."""
