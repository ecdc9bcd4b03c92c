"""The names of messages and schemas (RFC 7643 §4, RFC 7644 §8.2)."""

_MESSAGE = "urn:ietf:params:scim:api:messages:2.0:"
PATCH_OP = f"{_MESSAGE}PatchOp"
SEARCH_REQUEST = f"{_MESSAGE}SearchRequest"
LIST_RESPONSE = f"{_MESSAGE}ListResponse"
BULK_REQUEST = f"{_MESSAGE}BulkRequest"
BULK_RESPONSE = f"{_MESSAGE}BulkResponse"
ERROR = f"{_MESSAGE}Error"

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
