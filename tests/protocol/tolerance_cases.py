"""What tolerances let pass, what it means, and the names of those that it takes."""

from scim_server.protocol.messages import PATCH_SCHEMA
from scim_server.protocol.patch.members import AddMembers, ClearMembers, RemoveMembers, SetMembers
from scim_server.protocol.schema import Document

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP_URN = "urn:ietf:params:scim:schemas:core:2.0:Group"
BROKEN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"

WORK = {"value": "w@x", "type": "work", "primary": True}
HOME = {"value": "h@x", "type": "home"}
USER: Document = {"schemas": [CORE], "userName": "bo", "title": "Clerk", "emails": [WORK, HOME]}
GROUP: Document = {"schemas": [GROUP_URN], "displayName": "Guides"}


def message(*operations: object, **more: object) -> Document:
    return {"schemas": [PATCH_SCHEMA], "Operations": list(operations), **more}


def op(op: str, path: str | None, value: object) -> Document:
    return {"op": op, "value": value} | ({} if path is None else {"path": path})


def with_manager(value: str) -> Document:
    return {"schemas": [CORE, ENT], ENT: {"manager": {"value": value}}}


PATCHES = [
    ([op("Replace", None, {"title": "B"}) | {"path": None}], {"title": "B"}, "null_path"),
    ([op("Add", "", {"title": "B"})], {"title": "B"}, "null_path"),
    ([op("Add", "title", "B") | {"name": "x"}], {"title": "B"}, "extra_patch_keys"),
    ([op("add", None, {"name.givenName": "K", "name.familyName": "U"})],
     {"name": {"givenName": "K", "familyName": "U"}}, "dotted_keys"),
    ([op("replace", None, {'emails[type eq "home"].value': "n@x"})],
     {"emails": [WORK, {**HOME, "value": "n@x"}]}, "dotted_keys"),
    ([op("add", None, {"department": "D"})],
     {"schemas": [CORE, ENT], ENT: {"department": "D"}}, "core_level_extension"),
    ([op("add", None, {f"{ENT}:department": "D", "title": "B"})],
     {"title": "B", "schemas": [CORE, ENT], ENT: {"department": "D"}}, "urn_keys"),
    ([op("replace", None, {"id": "other", "meta": {}, "title": "B"})], {"title": "B"},
     "read_only_in_pathless"),
    ([op("replace", None, {ENT: {"manager": {"value": "7", "displayName": "x"}}})],
     with_manager("7"), "read_only_in_pathless"),
    ([op("replace", None, {"schemas": [CORE, BROKEN], "title": "B"})], {"title": "B"},
     "unknown_schemas"),
    ([op("add", None, {"favouriteColour": "red", "title": "B"})], {"title": "B"},
     "unknown_attributes"),
    ([op("add", ENT, {"manager": {"value": "7"}, "shoe": 1})], with_manager("7"),
     "unknown_attributes"),
    ([op("Add", 'phoneNumbers[type eq "work"].value', "1"),
      op("Add", 'phoneNumbers[type eq "work"].display', "One")],
     {"phoneNumbers": [{"type": "work", "value": "1", "display": "One"}]}, "add_creates"),
    ([op("add", 'emails[type eq "other"].value', "o@x")],
     {"emails": [WORK, HOME, {"type": "other", "value": "o@x"}]}, "add_creates"),
    ([op("Add", 'ims[type eq "a" and primary eq true]', {"value": "x"})],
     {"ims": [{"type": "a", "primary": True, "value": "x"}]}, "add_creates"),
    ([op("Replace", 'phoneNumbers[type eq "work"].value', "1")],
     {"phoneNumbers": [{"type": "work", "value": "1"}]}, "replace_creates"),
    ([op("Remove", "emails", [{"value": "h@x"}])], {"emails": [WORK]}, "remove_listed_values"),
    ([op("Remove", "emails", [{"value": "h@x", "type": "work"}, {"type": "home"}])],
     {"emails": [WORK]}, "remove_listed_values"),
    ([op("Remove", "emails", [])], {}, "remove_listed_values"),
    ([op("Remove", "emails", None)], {"emails": None}, "remove_null_value"),
    ([op("Replace", "emails", HOME)], {"emails": [HOME]}, "single_member_object"),
    ([op("Add", "emails", ["n@x"])], {"emails": [WORK, HOME, {"value": "n@x"}]},
     "bare_string_member"),
    ([op("Add", f"{ENT}:manager", "7")], with_manager("7"), "manager_forms"),
    ([op("Add", f"{ENT}:manager", [{"$ref": None, "value": "7"}])], with_manager("7"),
     "manager_forms"),
    ([op("Replace", f"{ENT}.manager", {"value": "7"})], with_manager("7"), "manager_forms"),
    ([op("Add", "manager", {"value": "7"})], with_manager("7"), "manager_forms"),
    ([op("Replace", "manager.value", "7")], with_manager("7"), "manager_forms"),
    ([op("Add", f"{ENT}:manager", {"value": "7"}), op("Replace", f"{ENT}:manager", "")], {},
     "manager_forms"),
    ([op("Add", "department", "D")], {"schemas": [CORE, ENT], ENT: {"department": "D"}},
     "core_level_extension"),
    ([op("Add", "roles", ['{"value":"Admin"}'])], {"roles": [{"value": "Admin"}]},
     "stringified_json"),
    ([op("Remove", "title", "Clerk")], {"title": None}, "superfluous_remove_value"),
    ([op("Remove", 'emails[type eq "home"]', HOME)], {"emails": [WORK]},
     "superfluous_remove_value"),
    ([op("Replace", "title", ["B"])], {"title": "B"}, "one_element_array"),
    ([op("Replace", "title", [{"$ref": None, "value": "B"}])], {"title": "B"},
     "one_element_array"),
    ([op("Replace", f"{ENT}:manager.displayName", "x")], {}, "sub_attribute_of_all"),
    ([op("Replace", "active", "False")], {"active": False}, "string_booleans"),
    ([op("replace", 'emails[primary eq "True"].value', "n@x")],
     {"emails": [{**WORK, "value": "n@x"}, HOME]}, "string_booleans"),
    ([op("Add", "ims", [{"value": "1", "primary": True}, {"value": "2", "Primary": True}])],
     {"ims": [{"value": "1", "primary": False}, {"value": "2", "primary": True}]},
     "second_primary"),
]  # fmt: skip

# What strict mode takes as well, and means otherwise: any text may be a value.
OTHERWISE = [
    ([op("Add", f"{ENT}:manager", {"value": "7"}),
      op("replace", f"{ENT}:manager", {"value": ""})], {}, "manager_forms"),
    ([op("Add", "roles", [{"value": '{"id":"06","value":"Admin","displayName":"A"}'}])],
     {"roles": [{"value": "Admin", "display": "A"}]}, "stringified_json"),
]  # fmt: skip

ENVELOPES = [
    ({"Operations": [op("add", "title", "B")]}, "missing_patch_schemas"),
    (message(op("add", "title", "B"), id="1"), "extra_patch_keys"),
]

MEMBERS = [
    (op("Add", "members", "a"), AddMembers(("a",)), "bare_string_member"),
    (op("Replace", "members", {"value": "a"}), SetMembers(("a",)), "single_member_object"),
    (op("Remove", "members", None), ClearMembers(), "remove_null_value"),
    (op("Remove", "members", [{"$ref": None, "value": "a"}, {"value": "b", "type": "User"}]),
     RemoveMembers(("a", "b")), "remove_listed_values"),
    (op("Remove", "members", {"value": 'a"b'}), RemoveMembers(('a"b',)),
     "remove_listed_values"),
    ({"op": "add", "path": 'members[value eq "a"]'}, AddMembers(("a",)),
     "add_by_member_filter"),
]  # fmt: skip

BODIES = [
    ({"adreses": [{"country": "x"}], "name": {"givenName": "A", "nikname": "x"}},
     {"name": {"givenName": "A"}}, "unknown_attributes"),
    ({"department": None, "manager": None}, {}, "unknown_attributes"),
    ({ENT: {"manager": {"managerId": "42"}, "department": "D"}},
     {"schemas": [CORE, ENT], ENT: {"department": "D"}}, "unknown_attributes"),
    ({"schemas": [CORE, BROKEN]}, {}, "unknown_schemas"),
    ({"schemas": ["urn:scim:schemas:core:1.0"]}, {}, "unknown_schemas"),
    ({"schemas": None}, {}, "unknown_schemas"),
    ({"active": "True", "emails": [{**WORK, "primary": "true"}]},
     {"active": True, "emails": [WORK]}, "string_booleans"),
    ({"emails": [{**HOME, "primary": True}, WORK]},
     {"emails": [{**HOME, "primary": False}, WORK]}, "second_primary"),
    ({"emails": HOME}, {"emails": [HOME]}, "lone_object"),
    ({ENT: {"manager": "7"}}, with_manager("7"), "manager_forms"),
    ({"title": ["Clerk"]}, {"title": "Clerk"}, "one_element_array"),
]  # fmt: skip

FILTERS = [
    ("externalId eq jyoung", 'externalId eq "jyoung"', {"bare_word_literals"}),
    ("(userName sw O) and title pr", '(userName sw "O") and title pr',
     {"bare_word_literals"}),
    ("emails[type eq work]", 'emails[type eq "work"]', {"bare_word_literals"}),
    ("externalId eq 701984", 'externalId eq "701984"', {"bare_word_literals"}),
    ('active eq "False"', "active eq false", {"string_booleans"}),
    ('roles[not (primary eq "True")]', "roles[not (primary eq true)]", {"string_booleans"}),
    (f'{ENT}:manager eq "7"', f'{ENT}:manager.value eq "7"', {"complex_as_value"}),
    ('id eq "1" and manager eq "7"', f'id eq "1" and {ENT}:manager.value eq "7"',
     {"complex_as_value", "manager_forms"}),
    ('emails[type eq "work" and (value pr or value co x)]',
     'emails[type eq "work" and (value pr or value co "x")]', {"bare_word_literals"}),
    ('not (active eq "true")', "not (active eq true)", {"string_booleans"}),
    ("department pr", f"{ENT}:department pr", {"core_level_extension"}),
    ('title eq "a eq b"', 'title eq "a eq b"', set()),
    ("active eq true or title eq null", "active eq true or title eq null", set()),
]  # fmt: skip

PARAMETERS = [
    ({"startindex": ["0"], "COUNT": ["1"]}, {"startIndex": ["0"], "count": ["1"]},
     {"parameter_case"}),
    ({"attributes": ['userName,emails[type eq "a,]b"].value']},
     {"attributes": ["userName,emails.value"]}, {"bracketed_projection"}),
    ({"attributes": ["name"]}, {"attributes": ["name"]}, set()),
    ({"filter": ["emails[type pr]"], "aadOptscim062020": [""]},
     {"filter": ["emails[type pr]"], "aadOptscim062020": [""]}, set()),
]  # fmt: skip
