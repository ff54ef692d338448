"""Pictures of every page, of the demo marketplace, in three widths and both themes: `make screenshots`."""
