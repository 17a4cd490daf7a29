"""A case file as a file to work with: Word, a page that opens offline, Markdown, JSON.

files      each form by its suffix
contents   pins with the state of their sources, as every form shows them
word       a Word document with footnotes
footnotes  Word's own footnotes, which python-docx cannot write
pdf        a PDF, set by Typst
pictures   the printed pages, drawn
page       one HTML file, with excerpts and pictures of pages
markdown   Markdown
"""
