"""Reads evaluation data into frozen records.

In: our own `questions.jsonl`, a folder in BEIR's layout, a folder of collections, or a file of conversations. Out: one
`DataSet`, fully checked. An error in the format is a `DataError` with file, line, expected and found. One decision:
gold answers are spans of a document's characters, so that they do not depend on how it is split.
"""

import json
import math
import reprlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeVar

Kind = TypeVar("Kind")
Qrels = Mapping[str, Mapping[str, float]]

KIND_NAMES: Mapping[type, str] = {
    str: "a string",
    bool: "true or false",
    int: "a whole number",
    list: "a list",
}
# The fields for a question's article or conversation in our own file, CANARD, SQuAD and CAsT.
GROUP_FIELDS = ("conversation", "dialog", "article", "title")
# What people type for characters that PDFs and papers print.
TYPOGRAPHY: Mapping[str, str] = {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-"}
QRELS_HEADER = ["query-id", "corpus-id", "score"]
EMPHASIS = frozenset("*_`")  # Markdown's emphasis, which an answer's string may lack


class DataError(ValueError):
    """Evaluation data has a format error. The message says file, line, expected and found."""


class Distance(StrEnum):
    """How much around the answer is hidden from a question."""

    IMPOSSIBLE = "impossible"
    PARAGRAPH = "paragraph"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class Source:
    """One document of a data set.

    Attributes:
        id: the data set's name for it.
        title: its title, `""` when it has none; paragraphs of one article share it.
        text: the whole text, unchanged; `Gold` counts its characters.
    """

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Gold:
    """A span of a document that answers a question.

    Attributes:
        document_id: the document's id.
        start: first character in the document's text.
        end: one past the last character.
    """

    document_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """One question and its known answers.

    Attributes:
        id: unique in its data set.
        text: the question as typed.
        gold: the spans that answer it, any one of them; empty if there are none or none are marked.
        answers: the answers in a few words, any of them right.
        answerable: False only if the data says that the documents do not answer it.
        category: the kind of question, or `""`.
        split: its part of the data, or `""`.
        history: the (question, answer) pairs before it, oldest first.
        rewrite: the question as a person would ask it without the history, or None.
        context_id: the document it was written for, or None.
        group: its article or conversation, the unit for resampling; or None.
        collection: its collection, or `""`.
        needs: the parts of a whole answer, each with the spans that give it. A part may have none, if the documents
            as read lack it. Empty if the answer has only one part.
    """

    id: str
    text: str
    gold: tuple[Gold, ...] = ()
    answers: tuple[str, ...] = ()
    answerable: bool = True
    category: str = ""
    split: str = ""
    history: tuple[tuple[str, str], ...] = ()
    rewrite: str | None = None
    context_id: str | None = None
    group: str | None = None
    collection: str = ""
    needs: tuple[tuple[Gold, ...], ...] = ()

    @property
    def has_answer(self) -> bool:
        """Whether the words of an answer are known, even if the documents as read lack them."""
        return bool(self.gold or self.answers)


@dataclass(frozen=True, slots=True)
class DataSet:
    """Questions, their documents, and the judgements.

    Attributes:
        name: the file's or folder's name.
        documents: the documents, or None for those of the library.
        questions: the questions, never empty.
        qrels: question id to document id to grade; relevant above 0, and more so if higher.
    """

    name: str
    documents: tuple[Source, ...] | None
    questions: tuple[Question, ...]
    qrels: Qrels


def read_questions(path: Path, document_text: Mapping[str, str]) -> DataSet:
    """Reads our own questions, whose gold quotes are words of the library's documents.

    Args:
        path: one JSON object a line: `id`, `question`, `category`, `split`, `answerable`, `answers` (a list
            of strings), `gold` (a list of `document_id` and `quote`), and where present `history` (a list of
            `question` and `answer`), `rewrite`, `conversation`.
        document_text: document id to text, for every document of the library.

    Returns:
        The data set; every occurrence of a gold quote is a `Gold`, every document with one has grade 1.

    Raises:
        DataError: a line breaks this format, names an unknown document, or quotes what it doesn't say.
    """
    questions = tuple(_own_question(row, document_text) for row in _read_rows(path, "id"))
    judged = (question for question in questions if question.gold)
    qrels = {question.id: {gold.document_id: 1.0 for gold in question.gold} for question in judged}
    return DataSet(path.stem, None, questions, qrels)


def read_beir(folder: Path) -> DataSet:
    """Reads a folder in BEIR's layout (Thakur et al. 2021), with SQuAD's answers and histories where present.

    Like BEIR, it leaves out queries without judgement, answer and history, unless marked `is_impossible`: nothing can
    be measured on them. A query with only a history stays, for its rewrite. It counts as answerable, though nobody has
    judged it.

    Args:
        folder: holds `corpus.jsonl`, `queries.jsonl` and either `qrels.tsv` or `qrels/test.tsv`.

    Returns:
        The data set; `gold` counts the characters of a document's `text`, which its `title` is no part of.

    Raises:
        DataError: a file is missing, or a line breaks its format or names an unknown query or document.
    """
    rows = _read_rows(folder / "corpus.jsonl", "_id")
    documents = {source.id: source for source in map(_source, rows)}
    questions = [_squad_question(row, documents) for row in _read_rows(folder / "queries.jsonl", "_id")]
    qrels = _read_qrels(folder, {question.id for question in questions}, documents)
    measurable = tuple(question for question in questions if question.id in qrels or _is_measurable(question))
    if not measurable:
        raise DataError(f"{folder}: expected at least one question with a judgement, found none.")
    return DataSet(folder.name, tuple(documents.values()), measurable, qrels)


def first_documents(dataset: DataSet, count: int) -> DataSet:
    """A smaller data set: its first documents, and the questions whose relevant documents are all among them.

    Raises:
        DataError: no question is left.
    """
    documents = (dataset.documents or ())[: max(0, count)]
    names = {one.id for one in documents}
    qrels = {name: grades for name, grades in dataset.qrels.items() if grades.keys() <= names}
    questions = tuple(one for one in dataset.questions if one.id in qrels)
    if not questions:
        raise DataError(f"{dataset.name}: its first {count} documents answer no question; take more.")
    return DataSet(dataset.name, documents, questions, qrels)


def find_collections(folder: Path) -> dict[str, Path]:
    """The collections of a folder that holds `questions.jsonl` and their documents, `NAME/docs/*`.

    Returns:
        Name to the folder of its documents, by name; empty if the folder is of another format.
    """
    if not (folder / "questions.jsonl").is_file():
        return {}
    return {docs.parent.name: docs for docs in sorted(folder.glob("*/docs")) if docs.is_dir()}


def read_collections(folder: Path, document_text: Mapping[str, Mapping[str, str]]) -> DataSet:
    """Reads questions on several collections. A right quote contains one of the answer's strings.

    Strings are compared without case, emphasis and differences in white space. So a quote contains a `gold` span
    exactly if its words contain the string. A string that the documents as read lack has no span, so no quote is right.

    Args:
        folder: as of `find_collections`; a line of `questions.jsonl` has `id`, `collection`, `q`, `kind`, `answerable`,
            `a` (a list of strings, each enough), and where present `doc` (the file names of the documents that may be
            quoted, else all), `need` (a list of parts, each a list of strings) and `history` (as of our own).
        document_text: collection to document id to text, for every document that could be read.

    Returns:
        The data set; `category` is the kind, `answers` are the strings, every document of `doc` has grade 1.

    Raises:
        DataError: a line breaks this format, or names an unknown collection or file.
    """
    files = {name: {file.name for file in docs.rglob("*")} for name, docs in find_collections(folder).items()}
    plain = cache(lambda collection, document_id: _FoldedText.of(document_text[collection][document_id]))
    questions, qrels = [], {}
    for row in _read_rows(folder / "questions.jsonl", "id"):
        collection = row.required("collection", str)
        if collection not in files:
            raise row.error(f'"collection" to be one of {", ".join(files)}', collection)
        allowed = row.texts("doc") if row.fields.get("doc") else ()
        for name in allowed:
            if name not in files[collection]:
                raise row.error(f'"doc" to be files of {collection}', name)
        ids = [key for key in document_text[collection] if not allowed or Path(key).name in allowed]
        texts = {key: plain(collection, key) for key in ids}
        question = _collection_question(row, collection, texts)
        questions.append(question)
        relevant = ids if allowed else {gold.document_id for gold in question.gold}
        if question.answerable and relevant:
            qrels[question.id] = dict.fromkeys(relevant, 1.0)
    return DataSet(folder.absolute().name, None, tuple(questions), qrels)


def read_conversations(path: Path) -> DataSet:
    """Reads conversations without documents, as of CAsT and CANARD: `_id`, `text`, `history`, `rewrite`.

    Args:
        path: the `queries.jsonl`; its folder names the data set.

    Returns:
        The data set, without documents, gold or judgements.

    Raises:
        DataError: the file is missing, or a line breaks this format.
    """
    questions = tuple(_question_from(row, "_id", "text") for row in _read_rows(path, "_id"))
    return DataSet(path.absolute().parent.name, None, questions, {})


def leave_out(dataset: DataSet, distance: Distance) -> dict[str, frozenset[str]]:
    """Says which documents to hide from each question so that nothing answers it.

    Args:
        dataset: the data set.
        distance: `IMPOSSIBLE` uses the unanswerable questions and hides nothing. `PARAGRAPH` uses the answerable ones
            and hides the documents that answer them; `ARTICLE` hides their whole articles.

    Returns:
        Question id to the ids of the documents to hide, without the questions that do not fit the distance.
    """
    if distance is Distance.IMPOSSIBLE:
        return {question.id: frozenset() for question in dataset.questions if not question.answerable}
    answerable = (question for question in dataset.questions if question.answerable)
    hidden = {question.id: _answering(question, dataset.qrels) for question in answerable}
    if distance is Distance.ARTICLE:
        articles = _articles(dataset)
        hidden = {question_id: _widen(documents, articles) for question_id, documents in hidden.items()}
    return {question_id: documents for question_id, documents in hidden.items() if documents}


def _answering(question: Question, qrels: Qrels) -> frozenset[str]:
    """The documents that answer a question: the one it was written for and those judged relevant."""
    written_for = {question.context_id} if question.context_id else set()
    relevant = {document_id for document_id, grade in qrels.get(question.id, {}).items() if grade > 0}
    return frozenset(written_for | relevant)


def _articles(dataset: DataSet) -> list[frozenset[str]]:
    """The documents of each article: those of one title, or, without titles, of one group of questions."""
    groups = {question.context_id: question.group for question in dataset.questions}
    articles: defaultdict[str, set[str]] = defaultdict(set)
    for document in dataset.documents or ():
        articles[document.title or groups.get(document.id) or document.id].add(document.id)
    return [frozenset(documents) for documents in articles.values()]


def _widen(documents: frozenset[str], articles: list[frozenset[str]]) -> frozenset[str]:
    """Adds to documents all others of their articles."""
    return documents.union(*(article for article in articles if article & documents))


@dataclass(frozen=True, slots=True)
class _Row:
    """One object of a file, with its place for error messages.

    Attributes:
        path: the file.
        line: the line, counted from 1.
        fields: the object's fields.
    """

    path: Path
    line: int
    fields: Mapping[str, object]

    def error(self, expected: str, found: object) -> DataError:
        """An error at this place; a long value is shortened."""
        shown = "nothing" if found is None else reprlib.repr(found)
        return DataError(f"{self.path}, line {self.line}: expected {expected}, found {shown}.")

    def required(self, name: str, kind: type[Kind]) -> Kind:
        """The field's value, which must be there and of this kind."""
        value = self.fields.get(name)
        if not isinstance(value, kind):
            raise self.error(f'"{name}" to be {KIND_NAMES[kind]}', value)
        return value

    def optional(self, name: str, kind: type[Kind]) -> Kind | None:
        """The field's value, or None when it's absent or null."""
        return None if self.fields.get(name) is None else self.required(name, kind)

    def rows(self, name: str) -> list["_Row"]:
        """The objects in a field's list; none when it's absent or null."""
        items = self.optional(name, list) or []
        for item in items:
            if not isinstance(item, dict):
                raise self.error(f'"{name}" to be a list of objects', item)
        return [_Row(self.path, self.line, item) for item in items]

    def texts(self, name: str) -> tuple[str, ...]:
        """The strings in a field's list."""
        return self._texts(name, self.required(name, list))

    def parts(self, name: str) -> list[tuple[str, ...]]:
        """The lists of strings in a field's list; none when it's absent or null."""
        parts = self.optional(name, list) or []
        for part in parts:
            if not isinstance(part, list):
                raise self.error(f'"{name}" to be a list of lists', part)
        return [self._texts(name, part) for part in parts]

    def _texts(self, name: str, items: list[object]) -> tuple[str, ...]:
        for item in items:
            if not isinstance(item, str):
                raise self.error(f'"{name}" to be a list of strings', item)
        return tuple(item for item in items if isinstance(item, str))


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """Each line that isn't blank, with its number."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: expected a file that can be read, found {error.strerror!r}.") from error
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            text = line.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise DataError(f"{path}, line {number}: expected UTF-8, found {reprlib.repr(line)}.") from error
        if text.strip():
            yield number, text


def _read_rows(path: Path, id_field: str) -> list[_Row]:
    """Reads a file of one JSON object a line, each with an id of its own."""
    rows = [_parse(path, number, text) for number, text in _lines(path)]
    if not rows:
        raise DataError(f"{path}: expected at least one line, found none.")
    first_lines: dict[str, int] = {}
    for row in rows:
        row_id = row.required(id_field, str)
        first_line = first_lines.setdefault(row_id, row.line)
        if first_line != row.line:
            raise row.error(f'an "{id_field}" that line {first_line} doesn\'t have', row_id)
    return rows


def _parse(path: Path, number: int, text: str) -> _Row:
    """Parses one line of JSON."""
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Row(path, number, {}).error("a JSON object", text) from error
    if not isinstance(fields, dict):
        raise _Row(path, number, {}).error("a JSON object", fields)
    return _Row(path, number, fields)


def _source(row: _Row) -> Source:
    """A line of `corpus.jsonl`."""
    return Source(row.required("_id", str), row.optional("title", str) or "", row.required("text", str))


def _question_from(row: _Row, id_field: str, text_field: str) -> Question:
    """The fields that all formats share: a question's words and its conversation."""
    turns = row.rows("history")
    groups = (row.optional(name, str) for name in GROUP_FIELDS)
    return Question(
        id=row.required(id_field, str),
        text=row.required(text_field, str),
        history=tuple((turn.required("question", str), turn.required("answer", str)) for turn in turns),
        rewrite=row.optional("rewrite", str),
        group=next(filter(None, groups), None),
    )


def _own_question(row: _Row, document_text: Mapping[str, str]) -> Question:
    """A line of `questions.jsonl`."""
    gold = tuple(dict.fromkeys(span for quote in row.rows("gold") for span in _find_quotes(quote, document_text)))
    answerable = row.required("answerable", bool)
    if answerable and not gold:
        raise row.error('a "gold" quote where "answerable" is true', None)
    if gold and not answerable:
        raise row.error('no "gold" quote where "answerable" is false', row.fields["gold"])
    return replace(
        _question_from(row, "id", "question"),
        gold=gold,
        answers=row.texts("answers"),
        answerable=answerable,
        category=row.required("category", str),
        split=row.required("split", str),
    )


def _find_quotes(row: _Row, document_text: Mapping[str, str]) -> list[Gold]:
    """Every occurrence of a gold quote in its document."""
    document_id, quote = row.required("document_id", str), row.required("quote", str)
    if document_id not in document_text:
        raise row.error('"document_id" to be a document of the library', document_id)
    starts = _occurrences(document_text[document_id], quote)
    if not starts:
        raise row.error(f'"quote" to be words of {document_id}', quote)
    return [Gold(document_id, start, start + len(quote)) for start in starts]


def _occurrences(text: str, quote: str) -> list[int]:
    """The start of each occurrence of a quote, overlapping ones too; none for an empty quote."""
    starts = []
    start = text.find(quote) if quote else -1
    while start >= 0:
        starts.append(start)
        start = text.find(quote, start + 1)
    return starts


def _collection_question(row: _Row, collection: str, texts: Mapping[str, "_FoldedText"]) -> Question:
    """A line of a `questions.jsonl` on several collections. Its strings are looked up in the documents."""

    def found(strings: tuple[str, ...]) -> tuple[Gold, ...]:
        spans = [(key, span) for string in strings for key, text in texts.items() for span in text.find(string)]
        return tuple(dict.fromkeys(Gold(key, *span) for key, span in spans))

    answers, answerable = row.texts("a"), row.required("answerable", bool)
    needs = row.parts("need")
    for string in (*answers, *(string for part in needs for string in part)):
        if not _FoldedText.of(string).text.strip():
            raise row.error('strings with words in "a" and "need"', string)
    if answerable != bool(answers):
        raise row.error('strings in "a" where "answerable" is true, and only there', row.fields["a"])
    if not answerable and needs:
        raise row.error('no "need" where "answerable" is false', row.fields["need"])
    return replace(
        _question_from(row, "id", "q"),
        gold=found(answers),
        answers=answers,
        answerable=answerable,
        category=row.required("kind", str),
        collection=collection,
        needs=tuple(found(part) for part in needs),
    )


@dataclass(frozen=True, slots=True)
class _FoldedText:
    """A text for comparison: without case, typography, emphasis and repeated white space.

    Attributes:
        text: the folded text.
        places: (len(text),), the original position of each character.
    """

    text: str
    places: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> "_FoldedText":
        """Fold a text."""
        characters: list[str] = []
        places: list[int] = []
        for place, character in enumerate(text):
            folded = " " if character.isspace() else TYPOGRAPHY.get(character, character).casefold()
            if character in EMPHASIS or (folded == " " and characters[-1:] == [" "]):
                continue
            characters += folded
            places += [place] * len(folded)
        return cls("".join(characters), tuple(places))

    def find(self, string: str) -> list[tuple[int, int]]:
        """Start and end of each occurrence of a string in the original text."""
        wanted = _FoldedText.of(string).text.strip()
        return [
            (self.places[start], self.places[start + len(wanted) - 1] + 1) for start in _occurrences(self.text, wanted)
        ]


def _squad_question(row: _Row, documents: Mapping[str, Source]) -> Question:
    """A line of `queries.jsonl`, with its answers as spans of its document."""
    question = _question_from(row, "_id", "text")
    answers = row.rows("answers")
    context = _context(row, documents)
    impossible = row.optional("is_impossible", bool) or False
    if impossible and answers:
        raise row.error('no "answers" where "is_impossible" is true', row.fields["answers"])
    return replace(
        question,
        gold=tuple(dict.fromkeys(_answer_at(answer, context) for answer in answers)),
        answers=tuple(dict.fromkeys(answer.required("text", str) for answer in answers)),
        answerable=not impossible,
        context_id=context.id if context else None,
        group=question.group or (context.title if context else None) or None,
    )


def _context(row: _Row, documents: Mapping[str, Source]) -> Source | None:
    """The document that a query was written for, if it names one."""
    context_id = row.optional("context_id", str)
    if context_id is not None and context_id not in documents:
        raise row.error('"context_id" to be a document of corpus.jsonl', context_id)
    return None if context_id is None else documents[context_id]


def _answer_at(row: _Row, document: Source | None) -> Gold:
    """A SQuAD answer, which must be in its document at the given place."""
    if document is None:
        raise row.error('a "context_id" beside "answers"', None)
    text, start = row.required("text", str), row.required("start", int)
    if not text or start < 0 or not document.text.startswith(text, start):
        raise row.error(f'"text" to stand at character {start} of {document.id}', text)
    return Gold(document.id, start, start + len(text))


def _is_measurable(question: Question) -> bool:
    """Whether a question without judgement can be used for a measure."""
    return bool(question.gold or question.history or not question.answerable)


def _read_qrels(folder: Path, question_ids: Set[str], documents: Mapping[str, Source]) -> Qrels:
    """Reads the judgements, from `qrels.tsv` or, as BEIR ships them, `qrels/test.tsv`."""
    top = folder / "qrels.tsv"
    beir = folder / "qrels" / "test.tsv"
    qrels: dict[str, dict[str, float]] = {}
    for row in _read_judgements(beir if beir.exists() and not top.exists() else top):
        question_id, document_id = row.required("query-id", str), row.required("corpus-id", str)
        if question_id not in question_ids:
            raise row.error('"query-id" to be a query of queries.jsonl', question_id)
        if document_id not in documents:
            raise row.error('"corpus-id" to be a document of corpus.jsonl', document_id)
        grades = qrels.setdefault(question_id, {})
        if document_id in grades:
            raise row.error(f"one judgement of {document_id} for {question_id}", "another")
        grades[document_id] = _grade(row)
    return qrels


def _read_judgements(path: Path) -> list[_Row]:
    """The lines of a judgements file below its header."""
    lines = list(_lines(path))
    header = lines[0][1].split("\t") if lines else []
    if header != QRELS_HEADER:
        raise DataError(f"{path}: expected the header {QRELS_HEADER}, tabs between, found {reprlib.repr(header)}.")
    return [_judgement(path, number, text) for number, text in lines[1:]]


def _judgement(path: Path, number: int, text: str) -> _Row:
    """One line of a judgements file."""
    fields = text.split("\t")
    row = _Row(path, number, dict(zip(QRELS_HEADER, fields, strict=False)))
    if len(fields) != len(QRELS_HEADER):
        raise row.error("three fields, tabs between", text)
    return row


def _grade(row: _Row) -> float:
    """The judgement's number."""
    score = row.required("score", str)
    try:
        grade = float(score)
    except ValueError:
        grade = math.nan
    if not math.isfinite(grade):
        raise row.error('"score" to be a number', score)
    return grade
