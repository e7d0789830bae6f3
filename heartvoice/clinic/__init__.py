"""The administrator's site: what runs a clinic, over the model pages of each app."""
