"""A local stand-in for the telephone company and for the patients: for demonstration and tests.

It speaks Twilio's REST API, webhooks and Media Streams on the wire, so that the product needs no branch for
it. It never dials anybody. `python -m heartvoice.demo.phone --port N` runs it as a process.
"""
