"""Mail as it is written and sent: templates and SMTP. Knows no database and no HTTP."""
