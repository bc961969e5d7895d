"""The dialects' answers as types. The OpenAPI document is made from them, and tests check a live server against it."""
