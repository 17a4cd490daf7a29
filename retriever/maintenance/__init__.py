"""Checking, copying and erasing a library."""
