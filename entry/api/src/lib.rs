//! REST under /v1, OpenAPI, problems, sessions and keys at the edge.
