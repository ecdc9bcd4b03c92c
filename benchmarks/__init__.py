"""The load client and the published figures: a black box that knows HTTP, JSON and processes.

It starts the servers under test, fills them with the same synthetic users, measures them
side by side and writes RESULTS.md. It imports nothing of the server.
"""
