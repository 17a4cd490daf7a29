"""Raised and lowered text: a power stays a power, and the mark of a note never changes a number."""

import pytest

from retriever.reading.raised import lowered, note_mark, power, raised, settle


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (f"10{raised('6')} cells", "10⁶ cells"),
        (f"1.5 × 10{raised('-3')} M", "1.5 × 10⁻³ M"),
        (f"1.5×10{raised('12')}", "1.5×10¹²"),
        (f"40 m{raised('2')} of land", "40 m² of land"),
        (f"5 kg/m{raised('3')}", "5 kg/m³"),
        (f"9.81 m s{raised('−2')}", "9.81 m s⁻²"),
        (f"9.81 m/s{raised('2')}", "9.81 m/s²"),
        (f"H{lowered('2')}O", "H₂O"),
        (f"SO{lowered('4')}{raised('2−')}", "SO₄²⁻"),
        (f"E = mc{raised('2')}", "E = mc²"),
        (f"4πr{raised('2')}", "4πr²"),
        (f"x{raised('2')} + y{raised('2')}", "x² + y²"),
        (f"3{raised('2')} + 4{raised('2')} = 25", "3² + 4² = 25"),
        (f"2{raised('32')} addresses", "2³² addresses"),
        (f"10{raised('n')}", "10ⁿ"),
        (f"10{raised('0.5')}", "10^0.5"),
        (f"e{raised('−kt')}", "e^(−kt)"),
        (f"(a + b){raised('2')}", "(a + b)²"),
        (f"the isotope {raised('14')}C", "the isotope ¹⁴C"),
        (f"Ca{raised('2+')}", "Ca²⁺"),
        (f"x{power('a+b')}", "x^(a+b)"),
    ],
)
def test_powers_and_formulas_become_plain_characters(written: str, read: str) -> None:
    assert settle(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (f"1200{raised('3')} crowns", "1200[3] crowns"),
        (f"35{note_mark('4')} million", "35[4] million"),
        (f"10{note_mark('4')} million", "10[4] million"),
        (f"2010{raised('6')} was wet", "2010[6] was wet"),
        (f"€10{raised('6')} a day", "€10[6] a day"),
        (f"on May 10{raised('6')}", "on May 10[6]"),
        (f"Aldo.{raised('1')}", "Aldo.[1]"),
        (f"the king{raised('1,2')} ruled", "the king[1,2] ruled"),
        (f"the king{raised('1')}{raised(',')}{raised('2')} ruled", "the king[1,2] ruled"),
        (f"the U.S{raised('2')} said", "the U.S[2] said"),
        (f"Vitamin C{raised('2')} helps", "Vitamin C[2] helps"),
        (f"(see above){raised('2')}", "(see above)[2]"),
        (f"the king{raised('a')} ruled", "the king[a] ruled"),
        (f"{raised('1')}The code is free.", "[1] The code is free."),
        (f"{raised('6')}He left.", "[6] He left."),
        (f"{raised('1')} The code is free.", "[1] The code is free."),
        (f"ruled{raised('[1]')} here", "ruled[1] here"),
        (f"ruled{raised(note_mark('1'))} here", "ruled[1] here"),
        (f"5 kg{raised('7')} of rope", "5 kg[7] of rope"),
    ],
)
def test_the_mark_of_a_note_is_set_apart(written: str, read: str) -> None:
    assert settle(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (f"the 20{raised('th')} century", "the 20th century"),
        (f"M{raised('me')} Curie", "Mme Curie"),
        (f"20{raised('o')}C", "20°C"),
        (f"Ibid{raised('TM')}", "Ibid™"),
        (f"3{raised('1')}/{lowered('2')} cups", "3 1/2 cups"),
        (f"1200{raised('*')}", "1200*"),
        (f"v{lowered('max')}", "vmax"),
        ("no marks, 10⁶", "no marks, 10⁶"),
        (raised("1") + "\U0003fffe", "[1]"),
    ],
)
def test_what_is_neither_keeps_its_letters(written: str, read: str) -> None:
    assert settle(written) == read


def test_many_marks_take_no_square_of_time() -> None:
    assert settle(raised("1") * 20_000).startswith("111")
    assert len(settle(f"a{raised('1')} " * 20_000)) == 100_000
