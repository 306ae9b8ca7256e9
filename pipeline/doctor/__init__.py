"""``anze doctor``: everything that an installation hangs on, looked at from where the command runs; nothing is changed."""
