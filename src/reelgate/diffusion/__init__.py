"""Makes videos with diffusion pipelines on the operator's own GPU. An optional extra: only its worker loads torch."""
