"""The client for code on asyncio; `reelgate.client._sync` is made from it."""
