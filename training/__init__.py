"""Trains and fits the models that ship with Ibid: `python -m training`."""
