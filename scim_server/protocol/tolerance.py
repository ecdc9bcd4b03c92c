"""Named departures from the RFCs for real clients; off for a strict credential.

Each rewrites what a client sends into the standard form before the strict code sees it, which knows
nothing of them. ``used`` collects the names of those that were needed. The recorded requests are in
conformance/clients/; this table is what the documentation and the metrics go by.
"""

from dataclasses import dataclass

from scim_server.protocol.tolerance_body import relax_document
from scim_server.protocol.tolerance_patch import relax_patch
from scim_server.protocol.tolerance_query import relax_filter, relax_filter_text, relax_query

__all__ = [
    "TOLERANCES",
    "Tolerance",
    "relax_document",
    "relax_filter",
    "relax_filter_text",
    "relax_patch",
    "relax_query",
]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What is let pass, and the row of the list of client obligations that asks for it."""

    row: str
    sentence: str


TOLERANCES: dict[str, Tolerance] = {
    "parameter_case": Tolerance("H7", "Query parameters may be written in any letter case."),
    "discovery_profile": Tolerance("D5", "Discovery can hide what a validator refuses to see."),
    "bare_word_literals": Tolerance("L8", "A filter may compare with a word without quotes."),
    "bracketed_projection": Tolerance("L11", "A filter in brackets in attributes is left out."),
    "unknown_attributes": Tolerance("W3", "Unknown attributes in a body are ignored."),
    "core_level_extension": Tolerance(
        "W3", "A PATCH path or filter may name an extension's attribute without its URN."
    ),
    "unknown_schemas": Tolerance("W4", "Unknown URNs in schemas are ignored, the base is added."),
    "string_booleans": Tolerance("W5", 'Booleans may be strings: "True", "false".'),
    "free_form_values": Tolerance("W6", "What a value means, such as a locale, is not checked."),
    "second_primary": Tolerance("W9", "Of several primary values in one body the last wins."),
    "unknown_members": Tolerance("W10", "A member need not exist: a setting, off by default."),
    "null_path": Tolerance("P1", 'A path that is null or "" counts as absent.'),
    "extra_patch_keys": Tolerance("P1", "Unknown keys of a PATCH message are ignored."),
    "missing_patch_schemas": Tolerance("P1", "A PATCH message may lack schemas."),
    "dotted_keys": Tolerance("P2", "Without path, the keys of the value may be dotted paths."),
    "urn_keys": Tolerance("P2", "Without path, the keys of the value may be paths with a URN."),
    "read_only_in_pathless": Tolerance("P3", "Read-only attributes in a value are ignored."),
    "add_creates": Tolerance("P4", "add creates the element that its eq filter describes."),
    "replace_creates": Tolerance("P5", "So does replace, if it is spelled Replace."),
    "remove_listed_values": Tolerance("P6", "remove with a list of values removes only those."),
    "single_member_object": Tolerance("P7", "A list of one may be sent as the object alone."),
    "bare_string_member": Tolerance("P7", "An element may be sent as its value alone."),
    "remove_null_value": Tolerance("P8", "remove may carry a value of null."),
    "manager_forms": Tolerance(
        "P9", "A single reference may be a string, a list of one, or empty, and lack its URN."
    ),
    "stringified_json": Tolerance("P10", "An element may be JSON within a string."),
    "superfluous_remove_value": Tolerance("P11", "remove of one value may repeat the value."),
    "one_element_array": Tolerance("P15", "A single value may be sent as a list of one."),
    "sub_attribute_of_all": Tolerance("P16", "A path to a read-only sub-attribute is ignored."),
    "complex_as_value": Tolerance("1.2", "A filter may compare a complex attribute by its value."),
    "lone_object": Tolerance("3", "A list of one may be sent as the object alone in a resource."),
    "add_by_member_filter": Tolerance("9", "add to members[value eq x] adds the member x."),
}
