"""Named departures from the RFCs for real clients; off for a strict credential.

Each rewrites what a client sends into the standard form before the strict code sees it, which knows
nothing of them; the last two, which are about what a client is shown and what there is, are in
intake.py. ``used`` collects the names of those that were needed. The recorded requests are in
conformance/clients/; this table is what the documentation and the request log go by.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What is let pass, and a recorded dialogue of conformance/clients/ that needs nothing else."""

    dialogue: str
    sentence: str


TOLERANCES: dict[str, Tolerance] = {
    "parameter_case": Tolerance(
        "azure-postman/parameter_case", "Query parameters may be written in any letter case."
    ),
    "bare_word_literals": Tolerance(
        "azure-postman/bare_words", "A filter may compare with a word without quotes."
    ),
    "bracketed_projection": Tolerance(
        "azure-postman/bracketed_projection", "A filter in brackets in attributes is left out."
    ),
    "unknown_attributes": Tolerance(
        "azure-postman/unknown_attributes", "Unknown attributes in a body are ignored."
    ),
    "core_level_extension": Tolerance(
        "entra/core_level_extension",
        "A PATCH path or filter may name an extension's attribute without its URN.",
    ),
    "unknown_schemas": Tolerance(
        "entra/unknown_schemas", "Unknown URNs in schemas are ignored, the base is added."
    ),
    "string_booleans": Tolerance(
        "entra/string_active", 'Booleans may be strings: "True", "false".'
    ),
    "second_primary": Tolerance(
        "azure-postman/second_primary", "Of several primary values in one body the last wins."
    ),
    "null_path": Tolerance(
        "azure-postman/null_path", 'A path that is null or "" counts as absent.'
    ),
    "extra_patch_keys": Tolerance(
        "azure-postman/extra_patch_keys", "Unknown keys of a PATCH message are ignored."
    ),
    "missing_patch_schemas": Tolerance("ory-polis/no_schemas", "A PATCH message may lack schemas."),
    "dotted_keys": Tolerance(
        "entra/dotted_keys", "Without path, the keys of the value may be dotted paths."
    ),
    "urn_keys": Tolerance(
        "entra/urn_keys", "Without path, the keys of the value may be paths with a URN."
    ),
    "read_only_in_pathless": Tolerance(
        "entra/read_only_keys", "Read-only attributes in a value are ignored."
    ),
    "add_creates": Tolerance(
        "entra/add_absent_elements", "add creates the element that its eq filter describes."
    ),
    "replace_creates": Tolerance(
        "entra/replace_creates", "So does replace, if it is spelled Replace."
    ),
    "remove_listed_values": Tolerance(
        "entra/group_remove_listed", "remove with a list of values removes only those."
    ),
    "single_member_object": Tolerance(
        "azure-postman/single_member_object", "A list of one may be sent as the object alone."
    ),
    "bare_string_member": Tolerance(
        "azure-postman/bare_string_member", "An element may be sent as its value alone."
    ),
    "remove_null_value": Tolerance(
        "keycloak/remove_all_members", "remove may carry a value of null."
    ),
    "manager_forms": Tolerance(
        "entra/manager_forms",
        "A single reference may be a string, a list of one, or empty, and lack its URN.",
    ),
    "stringified_json": Tolerance("entra/app_roles", "An element may be JSON within a string."),
    "superfluous_remove_value": Tolerance(
        "entra/remove_with_value", "remove of one value may repeat the value."
    ),
    "one_element_array": Tolerance(
        "entra/one_element_array", "A single value may be sent as a list of one."
    ),
    "sub_attribute_of_all": Tolerance(
        "entra/manager_display_name", "A path to a read-only sub-attribute is ignored."
    ),
    "complex_as_value": Tolerance(
        "entra/reference_check", "A filter may compare a complex attribute by its value."
    ),
    "lone_object": Tolerance(
        "onelogin/emails_object", "A list of one may be sent as the object alone in a resource."
    ),
    "add_by_member_filter": Tolerance(
        "bitwarden/add_by_filter", "add to members[value eq x] adds the member x."
    ),
    "discovery_profile": Tolerance(
        "entra/discovery_profile", "What the client's profile names is left out of /Schemas."
    ),
    "unknown_members": Tolerance(
        "azure-postman/unknown_member_left_out",
        "Members that do not exist are left out; for lenient clients only.",
    ),
}
