"""Which files below a folder are to be read."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from retriever.reading.folders import IGNORE_NAME, FileListing, find_files

Find = Callable[..., FileListing]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files in three folders."""
    made = tmp_path / "varn"
    for name in ("ferry.txt", "lamp.log", "old/ferry.txt", "old/lamp.log", "old/drafts/lamp.txt", "drafts/wall.txt"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(name)
    return made


@pytest.fixture
def find(folder: Path, tmp_path: Path) -> Find:
    """Names the files found in the folder, relative to it."""
    return lambda *exclude: find_files([folder], exclude, tmp_path / "library")


def names(found: FileListing) -> list[str]:
    return [file.relative_to(collection).as_posix() for file, collection in found.files]


ALL = ["drafts/wall.txt", "ferry.txt", "lamp.log", "old/drafts/lamp.txt", "old/ferry.txt", "old/lamp.log"]


def test_every_file_is_found_in_the_order_of_the_paths(find: Find) -> None:
    assert names(find()) == ALL
    assert find().skipped == ()


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        (["*.log"], ["drafts/wall.txt", "ferry.txt", "old/drafts/lamp.txt", "old/ferry.txt"]),
        (["/ferry.txt"], [name for name in ALL if name != "ferry.txt"]),
        (["ferry.txt"], ["drafts/wall.txt", "lamp.log", "old/drafts/lamp.txt", "old/lamp.log"]),
        (["drafts/"], ["ferry.txt", "lamp.log", "old/ferry.txt", "old/lamp.log"]),
        (["/drafts/"], [name for name in ALL if name != "drafts/wall.txt"]),
        (["old/**"], ["drafts/wall.txt", "ferry.txt", "lamp.log"]),
        (["*.log", "!old/lamp.log"], [name for name in ALL if name != "lamp.log"]),
        (["old/", "!old/ferry.txt"], ["drafts/wall.txt", "ferry.txt", "lamp.log"]),
        (["ferry.txt/"], ALL),
        (["# *.log", "", "  "], ALL),
    ],
)
def test_a_pattern_leaves_out_what_it_would_in_a_gitignore(
    find: Find, folder: Path, patterns: list[str], left: list[str]
) -> None:
    assert names(find(*patterns)) == left
    (folder / IGNORE_NAME).write_text("\n".join(patterns), encoding="utf-8-sig")
    assert names(find()) == left, "the same from a file, as an editor on Windows saves it"


def test_patterns_given_and_those_of_the_file_are_joined(find: Find, folder: Path) -> None:
    (folder / IGNORE_NAME).write_text("*.log\n")
    assert names(find("drafts/")) == ["ferry.txt", "old/ferry.txt"]


@pytest.mark.parametrize("pattern", ["!", "\\"])
def test_what_is_no_pattern_is_named_and_the_others_hold(find: Find, folder: Path, pattern: str) -> None:
    found = find(pattern, "*.log")
    assert [skipped.path for skipped in found.skipped] == [pattern]
    assert "lamp.log" not in names(found)
    (folder / IGNORE_NAME).write_text(f"{pattern}\n*.log\n")
    found = find()
    assert [skipped.path for skipped in found.skipped] == [str(folder / IGNORE_NAME)]
    assert "lamp.log" not in names(found)


def test_patterns_that_are_not_utf_8_are_named(find: Find, folder: Path) -> None:
    (folder / IGNORE_NAME).write_bytes(b"\xff\xfe*\x00")
    (skipped,) = find().skipped
    assert skipped.path == str(folder / IGNORE_NAME)
    assert "not UTF-8" in skipped.reason
    assert names(find()) == ALL


def test_hidden_files_and_folders_and_the_notes_on_sources_are_left_out(find: Find, folder: Path) -> None:
    for name in (".git/log.txt", ".draft.txt", "old/.draft.txt", "sources.toml", "old/sources.toml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("")
    assert names(find()) == ALL


def test_the_librarys_folder_is_not_searched_by_whatever_name(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder / "old")
    assert names(find_files([folder], (), tmp_path / "link")) == ["drafts/wall.txt", "ferry.txt", "lamp.log"]
    assert names(find_files([folder / "old"], (), folder / "old")) == []


def test_a_file_that_is_named_is_taken_whatever_is_excluded(folder: Path, tmp_path: Path) -> None:
    found = find_files([folder / "lamp.log", folder], ["*.log", "old/", "drafts/"], tmp_path / "library")
    assert names(found) == ["lamp.log", "ferry.txt"]


def test_a_link_to_a_folder_is_not_followed_round_in_a_ring(find: Find, folder: Path) -> None:
    (folder / "old" / "round").symlink_to(folder)
    found = find()
    assert names(found) == ALL
    assert [Path(each.path).name for each in found.skipped] == ["round"]


def test_a_dead_link_is_named(find: Find, folder: Path) -> None:
    (folder / "old" / "gone.txt").symlink_to(folder / "nowhere.txt")
    assert [Path(each.path).name for each in find().skipped] == ["gone.txt"]


def test_a_link_that_leads_out_of_the_folder_is_skipped_with_its_reason(
    find: Find, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("The secret of Varn.")
    (folder / "old" / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "old" / "ring.txt").symlink_to("ring.txt")
    (folder / "old" / "inside.txt").symlink_to(folder / "ferry.txt")
    found = find()
    assert names(found) == sorted([*ALL, "old/inside.txt"])
    assert sorted(Path(each.path).name for each in found.skipped) == ["link.txt", "ring.txt"]
    assert any("leads out of the folder" in each.reason for each in found.skipped)


def test_a_folder_in_which_nothing_is_read_says_why(find: Find, tmp_path: Path) -> None:
    (skipped,) = find("*").skipped
    assert "every file in it is left out" in skipped.reason
    hollow = tmp_path / "hollow"
    hollow.mkdir()
    (skipped,) = find_files([hollow], [], tmp_path / "library").skipped
    assert "holds no files" in skipped.reason
    (hollow / "library.db").write_text("")
    (skipped,) = find_files([hollow], [], hollow).skipped
    assert "the library's own folder" in skipped.reason


def test_a_folder_that_cannot_be_read_is_named_and_the_others_are(
    find: Find, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("drafts"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr("os.scandir", refuse)
    found = find()
    assert [(skipped.path, skipped.reason) for skipped in found.skipped] == [
        (str(folder / "drafts"), "it cannot be read: Permission denied."),
        (str(folder / "old" / "drafts"), "it cannot be read: Permission denied."),
    ]
    assert names(found) == ["ferry.txt", "lamp.log", "old/ferry.txt", "old/lamp.log"]
