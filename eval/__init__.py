"""Measures Ibid: reads questions with known answers, runs them, and scores what comes back."""
