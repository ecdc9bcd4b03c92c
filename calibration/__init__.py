"""How far the conformance kit can be trusted: other servers, and broken builds of this one."""
