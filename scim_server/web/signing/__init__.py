"""What users do for themselves: /auth/v1, JSON, described by its own OpenAPI document."""
