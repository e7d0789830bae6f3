"""`manage.py servers`: PostgreSQL and Valkey from wheels until Ctrl-C, as `./run servers` starts it."""

from heartvoice.management.handover import HandOver


class Command(HandOver):
    help = "Run PostgreSQL and Valkey from wheels until Ctrl-C; see ./run servers --help."
    module = "heartvoice.demo.servers"
