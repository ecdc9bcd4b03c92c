"""What /Schemas advertises to a client whose validator refuses parts of the truth (D5)."""

import pytest

from tests.application import GROUP, USER, Application, Scim

REFUSED = {"password", "emails.display", "emails.primary", "members.type"}


def advertised(scim: Scim) -> set[str]:
    """The attributes of users and groups; the list and the single schemas say the same."""
    listed = {each["id"]: each for each in scim.get("/Schemas").get_json()["Resources"]}
    names = set()
    for urn in (USER, GROUP):
        assert scim.get(f"/Schemas/{urn}").get_json() == listed[urn]
        for attribute in listed[urn]["attributes"]:
            parts = attribute.get("subAttributes", [])
            names |= {attribute["name"], *(f"{attribute['name']}.{p['name']}" for p in parts)}
    return names


def test_the_entra_profile_hides_what_its_validator_refuses_and_no_more(
    application: Application,
) -> None:
    tenant = application.tenant()
    everything = advertised(application.scim(tenant=tenant))
    assert everything > REFUSED
    assert advertised(application.scim(tenant=tenant, profile="entra")) == everything - REFUSED


def test_a_strict_client_is_told_everything(application: Application) -> None:
    assert advertised(application.scim("strict", profile="entra")) > REFUSED


@pytest.mark.parametrize("profile", ["rfc", "entra"])
def test_what_is_stored_and_served_is_the_same(application: Application, profile: str) -> None:
    scim = application.scim(profile=profile)
    email = {"value": "a@example.com", "display": "A", "primary": True}
    user = scim.user(emails=[email], password="a secret that is not kept")
    assert user["emails"] == [email]
    assert scim.group(user["id"])["members"][0]["type"] == "User"
