"""Named tolerances: what they let pass, what strict mode says instead, what stays refused."""

from copy import deepcopy

import pytest

from scim_server.protocol.bind import bind
from scim_server.protocol.errors import InvalidFilter, InvalidPath, NoTarget, ScimError, TooLarge
from scim_server.protocol.filter import parse_filter
from scim_server.protocol.messages import PATCH_SCHEMA, parse_patch
from scim_server.protocol.patch.apply import apply
from scim_server.protocol.patch.members import (
    AddMembers,
    ClearMembers,
    MemberChange,
    RemoveMembers,
    SetMembers,
)
from scim_server.protocol.resource import load
from scim_server.protocol.schema import Document, ResourceType
from scim_server.protocol.tolerance.body import relax_document
from scim_server.protocol.tolerance.patch import relax_patch
from scim_server.protocol.tolerance.query import relax_filter, relax_filter_text, relax_query
from scim_server.protocol.tolerance.table import TOLERANCES

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


@pytest.mark.parametrize(("operations", "changes", "name"), [*PATCHES, *OTHERWISE])
@pytest.mark.proves("IOP-003", "IOP-004", "IOP-005", "IOP-006")
def test_a_tolerated_patch_means_the_standard_one(
    user: ResourceType, operations: list[Document], changes: Document, name: str
) -> None:
    body, used = message(*operations), set[str]()
    sent = deepcopy(body)
    after = apply(user, USER, relax_patch(user, body, used)).document
    expected = {**USER, **changes}
    assert after == {k: v for k, v in expected.items() if v is not None}
    assert used == {name}
    assert body == sent


@pytest.mark.parametrize("operations", [operations for operations, *_ in PATCHES])
def test_strict_mode_refuses_it(user: ResourceType, operations: list[Document]) -> None:
    with pytest.raises(ScimError) as refusal:
        apply(user, USER, parse_patch(message(*operations)))
    assert refusal.value.status == 400


ENVELOPES = [
    ({"Operations": [op("add", "title", "B")]}, "missing_patch_schemas"),
    (message(op("add", "title", "B"), id="1"), "extra_patch_keys"),
]


@pytest.mark.parametrize(("body", "name"), ENVELOPES)
def test_an_envelope_is_mended(user: ResourceType, body: Document, name: str) -> None:
    used = set[str]()
    assert apply(user, USER, relax_patch(user, body, used)).document == {**USER, "title": "B"}
    assert used == {name}


STANDARD = [
    [op("add", "emails", {"value": "n@x"})],
    [op("add", None, {"name": {"givenName": "K"}, ENT: {"department": "D"}})],
    [op("replace", "emails.display", "D"), {"op": "remove", "path": "emails.type"}],
    [{"op": "remove", "path": 'emails[type eq "home"]'}, op("replace", "title", None)],
    [op("replace", f"{ENT}:manager", {"value": "7"}), {"op": "remove", "path": ENT}],
    [op("replace", 'emails[display eq "primary eq \\"True\\"" or type pr].display', "D")],
]


@pytest.mark.parametrize("operations", STANDARD)
def test_a_standard_patch_needs_no_tolerance(
    user: ResourceType, operations: list[Document]
) -> None:
    used = set[str]()
    tolerant = relax_patch(user, message(*operations), used)
    assert apply(user, USER, tolerant) == apply(user, USER, parse_patch(message(*operations)))
    assert used == set()


@pytest.mark.parametrize(
    ("operation", "refusal"),
    [
        (op("replace", 'ims[type eq "work"].value', "x"), NoTarget),
        (op("Add", 'ims[type sw "work"].value', "x"), NoTarget),
        (op("Add", 'ims[type eq "a" or type eq "b"].value', "x"), NoTarget),
        (op("Add", f'{CORE}:ims[type eq "a"].foo', "x"), InvalidPath),
        (op("Replace", "companyName", "x"), InvalidPath),
        (op("Replace", "emails[", "x"), ScimError),
        ({"op": "remove"}, NoTarget),
        (op("remove", "foo", "x"), ScimError),
        (op("remove", "emails", [{}]), ScimError),
        (op("remove", "emails", [5]), ScimError),
        (op("Add", "roles", ['{"value":']), ScimError),
        (op("add", None, "x"), ScimError),
        (op("add", "emails", 5), ScimError),
        (op("add", ENT, 5), ScimError),
        ("x", ScimError),
    ],
)
def test_what_no_tolerance_covers_is_refused(
    user: ResourceType, operation: object, refusal: type[ScimError]
) -> None:
    with pytest.raises(refusal):
        # "{" alone is a value like any other until it is checked: hence the second operation.
        bad = op("replace", "title", 5)
        apply(user, USER, relax_patch(user, message(operation, bad), set()))


@pytest.mark.parametrize("body", [[], {"Operations": "x"}, message(*["x"] * 2)])
def test_a_body_that_is_no_patch_is_refused(user: ResourceType, body: object) -> None:
    with pytest.raises(ScimError):
        relax_patch(user, body, set())


def test_the_limits_hold(user: ResourceType) -> None:
    with pytest.raises(TooLarge):
        relax_patch(user, message(*[op("Add", "title", "x")] * 1001), set())


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


@pytest.mark.parametrize(("operation", "change", "name"), MEMBERS)
@pytest.mark.proves("IOP-002")
def test_members_are_patched_as_clients_mean_it(
    group: ResourceType, operation: Document, change: MemberChange, name: str
) -> None:
    used = set[str]()
    result = apply(group, GROUP, relax_patch(group, message(operation), used))
    assert result.member_changes == (change,)
    assert name in used
    with pytest.raises(ScimError):
        apply(group, GROUP, parse_patch(message(operation)))


@pytest.mark.proves("IOP-002")
def test_a_long_list_of_removals_stays_within_the_limits_of_a_filter(group: ResourceType) -> None:
    listed = [{"value": str(number)} for number in range(250)]
    body = message(op("remove", "members", listed), op("remove", "members", []))
    changes = apply(group, GROUP, relax_patch(group, body, set())).member_changes
    ids = [id for change in changes if isinstance(change, RemoveMembers) for id in change.ids]
    assert ids == [element["value"] for element in listed]


def test_listed_simple_values_are_removed(device: ResourceType) -> None:
    document = {
        "schemas": [device.schema.id],
        "displayName": "d",
        "serialNumber": "s",
        "tags": ["a", "b"],
    }
    body = message(op("Remove", "tags", ["a"]))
    assert apply(device, document, relax_patch(device, body, set())).document["tags"] == ["b"]


def test_a_member_filter_in_an_add_may_not_be_another_filter(group: ResourceType) -> None:
    for path in ('members[type eq "User"]', 'members[value eq "a"].display', "members["):
        with pytest.raises(ScimError):
            relax_patch(group, message({"op": "add", "path": path}), set())


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


@pytest.mark.parametrize(("more", "changes", "name"), BODIES)
def test_a_tolerated_body_means_the_standard_one(
    user: ResourceType, more: Document, changes: Document, name: str
) -> None:
    body, used = {"schemas": [CORE], "userName": "bo", **more}, set[str]()
    sent = deepcopy(body)
    assert load(user, relax_document(user, body, used)) == {
        "schemas": [CORE],
        "userName": "bo",
        **changes,
    }
    assert used == {name}
    assert body == sent
    with pytest.raises(ScimError):
        load(user, body)


@pytest.mark.proves("CRE-011")
def test_a_body_of_another_type_is_refused_all_the_same(group: ResourceType) -> None:
    body = {"schemas": [CORE], "userName": "bo", "displayName": "Bo"}
    with pytest.raises(ScimError):
        load(group, relax_document(group, body, set()))


@pytest.mark.parametrize("body", [[], None, {"schemas": [1]}, {"schemas": "x"}, {ENT: 5}])
def test_a_body_that_is_no_resource_is_refused(user: ResourceType, body: object) -> None:
    with pytest.raises(ScimError):
        load(user, relax_document(user, body, set()))


def test_read_only_values_are_left_to_the_strict_code(user: ResourceType) -> None:
    used = set[str]()
    body = {**USER, "id": None, "meta": {"x": 1}, "groups": []}
    assert load(user, relax_document(user, body, used)) == USER
    assert used == set()


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


@pytest.mark.parametrize(("text", "standard", "names"), FILTERS)
@pytest.mark.proves("FIL-024", "IOP-003")
def test_a_tolerated_filter_means_the_standard_one(
    user: ResourceType, text: str, standard: str, names: set[str]
) -> None:
    used = set[str]()
    tree = relax_filter(user, parse_filter(relax_filter_text(text, used)), used)
    assert bind(user, tree) == bind(user, parse_filter(standard))
    assert used == names


@pytest.mark.parametrize("text", ['foo eq "x"', 'foo[bar eq "x"]', 'emails[foo eq "x"]', "x pr"])
def test_an_unknown_name_in_a_filter_stays_refused(user: ResourceType, text: str) -> None:
    with pytest.raises(InvalidFilter):
        bind(user, relax_filter(user, parse_filter(text), set()))


PARAMETERS = [
    ({"startindex": ["0"], "COUNT": ["1"]}, {"startIndex": ["0"], "count": ["1"]},
     {"parameter_case"}),
    ({"attributes": ['userName,emails[type eq "a,]b"].value']},
     {"attributes": ["userName,emails.value"]}, {"bracketed_projection"}),
    ({"attributes": ["name"]}, {"attributes": ["name"]}, set()),
    ({"filter": ["emails[type pr]"], "aadOptscim062020": [""]},
     {"filter": ["emails[type pr]"], "aadOptscim062020": [""]}, set()),
]  # fmt: skip


@pytest.mark.parametrize(("args", "standard", "names"), PARAMETERS)
def test_tolerated_parameters_mean_the_standard_ones(
    args: dict[str, list[str]], standard: dict[str, list[str]], names: set[str]
) -> None:
    used = set[str]()
    assert relax_query(args, used) == standard
    assert used == names


def test_every_tolerance_has_a_case() -> None:
    named = {case[-1] for case in (*PATCHES, *OTHERWISE, *ENVELOPES, *MEMBERS, *BODIES)}
    rewriting = TOLERANCES.keys() - {"discovery_profile", "unknown_members"}  # test_intake.py
    assert named.union(*(case[-1] for case in (*FILTERS, *PARAMETERS))) == rewriting
