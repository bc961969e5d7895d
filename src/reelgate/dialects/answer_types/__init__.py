"""What the dialects answer, as types: the OpenAPI document is made from them, and a live server is held to it."""
