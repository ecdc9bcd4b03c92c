"""Synthetic users of about 1.2 kB, each a function of its rank alone.

Two runs, and two servers in one run, receive the same bytes in the same order.
"""

import random
from typing import Any

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

GIVEN_NAMES = ("Alice", "Benoît", "Elif", "Hiroshi", "João", "Kwame", "Nadia", "Tomás", "Wanda")
FAMILY_NAMES = ("Almeida", "Dubois", "García", "Jensen", "Kowalski", "Müller", "Okafor", "Tanaka")
STREETS = ("Harbour", "Mill", "Station", "Chestnut", "Cathedral", "Observatory")
CITIES = ("Lisbon", "Rotterdam", "Kraków", "Gothenburg", "Marseille", "Osaka")
DEPARTMENTS = ("Sales", "Finance", "Research", "Support", "Logistics", "Legal")

Document = dict[str, Any]


def user_name(rank: int) -> str:
    """Return the userName of one user."""
    return f"user.{rank:07d}@example.com"


def external_id(rank: int) -> str:
    """Return the externalId of one user."""
    return f"ext-{rank:07d}"


def work_email(rank: int) -> str:
    """Return the work address of one user."""
    return f"work.{rank:07d}@mail.example.com"


def email_part(rank: int) -> str:
    """Return a text that stands in the addresses of this user only."""
    return f".{rank:07d}@mail"


def user(rank: int) -> Document:
    """Return the SCIM document of one user."""
    chance = random.Random(rank)
    given, family = chance.choice(GIVEN_NAMES), chance.choice(FAMILY_NAMES)
    city, department = chance.choice(CITIES), chance.choice(DEPARTMENTS)
    return {
        "schemas": [USER, ENTERPRISE_USER],
        "externalId": external_id(rank),
        "userName": user_name(rank),
        "name": {"formatted": f"{given} {family}", "givenName": given, "familyName": family},
        "displayName": f"{given} {family}",
        "nickName": given,
        "profileUrl": f"https://people.example.com/{rank:07d}",
        "title": f"{department} specialist",
        "userType": "Employee",
        "preferredLanguage": "en-GB",
        "locale": "en-GB",
        "timezone": "Europe/Lisbon",
        "active": True,
        **_contact(rank, city, chance),
        ENTERPRISE_USER: {
            "employeeNumber": f"E{rank:07d}",
            "costCenter": f"CC-{chance.randint(1000, 9999)}",
            "organization": "Example Corporation",
            "division": f"{city} division",
            "department": department,
        },
    }


def _contact(rank: int, city: str, chance: random.Random) -> Document:
    street = f"{chance.randint(1, 400)} {chance.choice(STREETS)} Street"
    postal_code = f"{chance.randint(10000, 99999)}"
    telephone = f"+351 {chance.randint(200, 299)} {chance.randint(100000, 999999)}"
    return {
        "emails": [
            {"value": work_email(rank), "type": "work", "primary": True},
            {"value": f"home.{rank:07d}@mail.example.net", "type": "home"},
        ],
        "phoneNumbers": [{"value": telephone, "type": "work"}],
        "addresses": [
            {
                "type": "work",
                "streetAddress": street,
                "locality": city,
                "postalCode": postal_code,
                "region": f"{city} district",
                "country": "PT",
                "formatted": f"{street}\n{postal_code} {city}\nPortugal",
                "primary": True,
            }
        ],
    }
