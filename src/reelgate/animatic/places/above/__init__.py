"""Places seen from high above: the ground fills the frame, and what stands on it shows its top and one side.

Each kind of ground is a sheet that closes on itself sideways; roofs and crowns lie on a sheet of their own a little
nearer to the camera, so that they move against the ground as the camera flies over it.
"""
