"""What the gateway's own routes take and answer, as types: the OpenAPI document is made from them."""
