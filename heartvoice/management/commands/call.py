"""`manage.py call`: one simulated check-in call, as `./run call` starts it."""

from heartvoice.management.handover import HandOver


class Command(HandOver):
    help = "Run one simulated check-in call; see ./run call --help."
    module = "heartvoice.demo.commands.call"
