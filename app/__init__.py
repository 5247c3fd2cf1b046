"""THE FRONT DOOR: composes the rooms into a web app, a worker and a command line."""
