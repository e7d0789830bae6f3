"""Stand-ins for what lies outside the process, spoken to over real sockets: a scripted Realtime API, a phone line."""
