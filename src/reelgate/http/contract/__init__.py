"""The contract that machines read: the OpenAPI document and what is made from it."""
