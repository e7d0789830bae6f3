"""`manage.py demo`: the whole system with one simulated check-in call, as `./run demo` starts it."""

from heartvoice.management.handover import HandOver


class Command(HandOver):
    help = "Run the whole system with one simulated check-in call; see ./run demo --help."
    module = "heartvoice.demo.commands.demo"
