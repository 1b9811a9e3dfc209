"""`hookline dev`: all of Hookline on this machine, as processes that are watched."""
