"""What only the inside of a server says, and no answer should (RFC 7644 §3.12, §7.4)."""

import re

INSIDE = re.compile(
    r'Traceback \(most recent|File "/|\.java:\d+\)|\.cs:line \d+|SQLSTATE|ORA-\d{5}|\n\tat |'
    r"\bSELECT\b.+\bFROM\b|\bINSERT INTO\b|sqlalchemy|psycopg|node_modules|IntegrityError|"
    r"constraint failed|violates unique constraint"
)
