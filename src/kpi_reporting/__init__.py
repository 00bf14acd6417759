"""Periodic reporting of a Vietnamese province: from what senders file to what the national system receives."""
