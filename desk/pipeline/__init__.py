"""The worker's verbs, one file each, in the order a mention flows.

collect → read → notice → judge → respond → deliver, with chase (promises falling due) and watch (what
can be seen) beside them. Each takes the parts and ``now``, may run twice or die halfway without harm:
what is decided and what tells of it are saved in one transaction, and the truth is in rows. Only these
files, ``desk.acts`` and ``desk.entrance`` open units of work.
"""
