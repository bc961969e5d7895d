"""The requests and answers of the gateway's own routes, as types: the OpenAPI document is made from them."""
