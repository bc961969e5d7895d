"""What others may use to test against Reelgate: servers, samples, conformance checks."""
