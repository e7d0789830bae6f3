"""The safety evaluation: simulated patients through the whole product, judged by what is in the database.

    ./run safety [REPORT_FOLDER] [--only NAME ...] [--quick] [--spoken]

One TOML file per patient lies in `patients/`; docs/clinical/safety.md says how to read, run and add them.
"""
