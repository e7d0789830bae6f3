"""Argon2id at a cost that ten simultaneous log-ins survive (46 MiB, two passes, one lane; OWASP's first choice)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 47_104
    parallelism = 1
