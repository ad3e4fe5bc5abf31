//! The only place that opens connections: HTTP to partners, SMTP to the mail server.
