"""Evidence beyond one answer: a question asked of every document by itself, and the proof that none answers.

table      questions x documents -> a row for each pair: verdict, quote, place
absence    a refusal -> what was searched, how, and what came nearest
"""
