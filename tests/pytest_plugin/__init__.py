"""The pytest plugin and the ready-made suite, in process and as subprocesses."""
