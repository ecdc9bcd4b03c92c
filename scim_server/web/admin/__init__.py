"""The administration API: /admin/v1, JSON, described by its own OpenAPI document."""
