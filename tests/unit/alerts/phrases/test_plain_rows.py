"""Plain sentences of the S and M rows of the rules table: none of them is an emergency, most are heard for what they are."""

from __future__ import annotations

import pytest

from alerts.phrases import ScanContext, Segment, scan

ROWS = {
    "S05": ["I've dropped four pounds since yesterday.", "I lost six pounds this week."],
    "S06": [
        "I needed three pillows last night.",
        "I slept in my recliner because I couldn't lie flat.",
        "I woke up gasping last night but I'm fine now.",
        "I can't lie flat anymore.",
        "Last night I woke up short of breath, it passed.",
    ],
    "S07": [
        "My breathing is much worse than last week.",
        "I'm a lot more short of breath.",
        "I get out of breath just getting dressed.",
        "Walking to the mailbox leaves me gasping.",
        "My breath is far worse than Monday.",
    ],
    "S08": [
        "My breathing is a little worse today.",
        "I'm a bit more winded than usual.",
        "I'm a touch breathless when I walk.",
        "I get winded on the stairs.",
        "I had trouble breathing on my walk yesterday.",
        "My ankles are puffy.",
        "I'm more tired than usual.",
    ],
    "S10": [
        "My legs are swollen up to my thighs.",
        "I'm too tired to wash myself.",
        "I can't lie down at all.",
    ],
    "S11": [
        "I'm dizzy when I stand up.",
        "I almost fell yesterday.",
        "My heart skips a beat now and then.",
        "My heart was pounding after the stairs.",
        "I've been coughing at night.",
        "I cough up some white phlegm.",
        "The room spins when I get out of bed.",
    ],
    "S13": [
        "I feel hopeless.",
        "I don't enjoy anything anymore.",
        "I tried to kill myself twenty years ago.",
    ],
    "M01": [
        "I stopped taking my water pill.",
        "I ran out of my Entresto.",
        "I took myself off the water pill.",
        "I gave up on the pills.",
    ],
    "M02": ["I haven't taken my heart pills for three days.", "I forgot my medicines two days in a row."],
    "M04": ["I forgot my pill last night.", "I skipped my evening dose."],
    "M05": [
        "I took my insulin twice.",
        "I took two of my metoprolol by mistake.",
        "I took my water pill twice today.",
        "I doubled up on my Eliquis.",
        "I took my blood thinner twice this morning.",
        "Me tomé la insulina dos veces.",
    ],
    "M06": [
        "I've been vomiting since yesterday.",
        "I've been throwing up for two days.",
        "I can't keep my pills down.",
        "I've had diarrhea for two days.",
        "I keep throwing up.",
        "Been sick to my stomach and vomiting all day.",
        "Llevo dos días vomitando.",
    ],
    "M07": ["I took ibuprofen for my knee.", "I bought Sudafed for my cold.", "I use a salt substitute."],
    "M08": [
        "My gums bled a little.",
        "I had a small nosebleed that stopped.",
        "The pills make me lightheaded.",
    ],
}


@pytest.mark.parametrize(("row", "words"), [(row, words) for row, said in ROWS.items() for words in said])
def test_a_plain_sentence_of_a_lower_row_is_heard_and_is_no_emergency(row: str, words: str) -> None:
    result = scan(Segment(words), ScanContext())
    assert result.severity not in ("none", "critical"), row
    assert all(hit.alert_type != "emergency" for hit in result.flags), row


@pytest.mark.parametrize(
    ("words", "flag"),
    [
        ("I vomited something like coffee grounds since yesterday.", "major_bleeding"),
        ("I've been throwing up blood for two days.", "major_bleeding"),
        ("I took my whole bottle of insulin pills at once to be done with it.", "overdose"),
        ("My breathing is so bad I can't finish a sentence.", "severe_dyspnea"),
    ],
)
def test_what_goes_beyond_the_row_is_an_emergency(words: str, flag: str) -> None:
    assert flag in scan(Segment(words), ScanContext()).names
