"""The Realtime protocol as data: what is accepted, what is sent. No sockets."""
