"""How orders come in: from channels and from files, through one intake."""
