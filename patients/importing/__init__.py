"""Patients from a spreadsheet: read, checked line by line, and taken over only when every line is good."""
