"""The refusal of an object with a key twice names the key (security rule 18)."""

import pytest

from tests.application import Scim, error


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b'{"userName":"a","userName":"b"}', '"userName"'),
        (b'{"userName":"a","USERNAME":"b"}', '"USERNAME"'),
        (b'{"a":1,"name":{"b":1,"c":{"a":2,"b":3},"b":2}}', '"b"'),
        (b'{"emails":[{"value":"a"},{"value":"b","type":"c","type":"d"}]}', '"type"'),
        (rb'{"a}":1,"\"b\":":"{","b":{"x":1},"\u0062":{"x":1}}', '"b"'),
        (b'{"x":{"y":1,"z":1},"x":{"y":1}}', '"x"'),
        (b'{"":1,"":2}', '""'),
        ('{"é\u202e":1,"é\u202e":2}'.encode(), r'"\u00e9\u202e"'),
        (rb'{"a\u0000\n":1,"a\u0000\n":2}', r'"a\u0000\n"'),
        (b'{"%s":1,"%s":2}' % (b"k" * 10_000, b"k" * 10_000), f'"{"k" * 50}"'),
        (b'{"x":' + b'{"x":' * 900 + b"1" + b"}" * 900 + b',"x":1}', '"x"'),
    ],
)
def test_the_key_is_named(scim: Scim, body: bytes, named: str) -> None:
    response = scim.post("/Users", data=body)
    assert error(response) == (400, "invalidSyntax")
    assert f"The key {named} occurs twice in an object" in response.get_json(force=True)["detail"]
