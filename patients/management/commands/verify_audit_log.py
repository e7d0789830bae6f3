from typing import Any

from django.core.management.base import BaseCommand, CommandError

from patients.access import access_log_verify


class Command(BaseCommand):
    help = "Checks the seals of the access log: change, removal, insertion, reordering, cut. Exit 1 when anything is wrong."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = access_log_verify()
        for finding in findings:
            self.stdout.write(f"seal {finding.seal_id} row {finding.row_id}: {finding.problem}")
        if findings:
            raise CommandError(f"{len(findings)} problem(s) in the access log")
        self.stdout.write("the access log is intact")
