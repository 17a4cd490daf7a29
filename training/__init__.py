"""How the weights that ship with Ibid are made: `python -m training`."""
